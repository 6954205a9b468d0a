# passaparola_embed(TARGET HEADER NAMESPACE FUNCTION FILE …): each FILE becomes bytes of TARGET,
# returned by a function of that name as a string_view (declared in HEADER).
function(passaparola_embed target header namespace)
  set(list ${ARGN})
  while(list)
    list(POP_FRONT list function file)
    set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded/${function}.cc)
    add_custom_command(OUTPUT ${out} DEPENDS ${file} ${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake
      COMMAND ${CMAKE_COMMAND} -DIN=${file} -DOUT=${out} -DHEADER=${header}
              -DNAMESPACE=${namespace} -DFUNCTION=${function}
              -P ${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake VERBATIM)
    target_sources(${target} PRIVATE ${out})
  endwhile()
endfunction()
