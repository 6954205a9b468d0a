# Run by passaparola_embed: IN's bytes as an array in the C++ file OUT.
file(READ ${IN} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE ${OUT} "#include \"${HEADER}\"
namespace ${NAMESPACE} {
namespace {
constexpr unsigned char kBytes[] = {${bytes}0};
}
std::string_view ${FUNCTION}() {
  return {reinterpret_cast<const char*>(kBytes), sizeof(kBytes) - 1};
}
}  // namespace ${NAMESPACE}
")
