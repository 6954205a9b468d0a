# passaparola_page(TARGET): the page of web/ becomes bytes of TARGET (feed/page.h). It is bundled
# where Node and the packages of web/package-lock.json are ("npm ci" in web/, as ./run does);
# elsewhere the program is built without it, and says so where the page would be.
function(passaparola_page target)
  set(web ${CMAKE_SOURCE_DIR}/web)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/page)
  set(files index.html app.js.gz app.css.gz script_name style_name)
  list(TRANSFORM files PREPEND ${out}/)
  find_program(NODE_PROGRAM NAMES node nodejs)
  if(NODE_PROGRAM AND EXISTS ${web}/node_modules/esbuild)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${web}/src/*.ts ${web}/src/*.tsx ${web}/styles/*.css)
    add_custom_command(OUTPUT ${files} VERBATIM
      DEPENDS ${sources} ${web}/index.html ${web}/build.mjs ${web}/package-lock.json
      COMMAND ${NODE_PROGRAM} ${web}/build.mjs ${out})
    set(PASSAPAROLA_HAS_PAGE ON CACHE INTERNAL "Whether the page is built")
  else()
    message(STATUS "Built without the page: Node or the packages of web/ are missing")
    add_custom_command(OUTPUT ${files} VERBATIM DEPENDS ${web}/no_page.html
      COMMAND ${CMAKE_COMMAND} -E make_directory ${out}
      COMMAND ${CMAKE_COMMAND} -E copy ${web}/no_page.html ${out}/index.html
      COMMAND ${CMAKE_COMMAND} -E copy /dev/null ${out}/app.js.gz
      COMMAND ${CMAKE_COMMAND} -E copy /dev/null ${out}/app.css.gz
      COMMAND ${CMAKE_COMMAND} -E copy /dev/null ${out}/script_name
      COMMAND ${CMAKE_COMMAND} -E copy /dev/null ${out}/style_name)
    set(PASSAPAROLA_HAS_PAGE OFF CACHE INTERNAL "Whether the page is built")
  endif()
  passaparola_embed(${target} feed/page.h passaparola::feed
    page_html ${out}/index.html
    page_script ${out}/app.js.gz
    page_script_name ${out}/script_name
    page_style ${out}/app.css.gz
    page_style_name ${out}/style_name)
endfunction()
