# Read by CMake at the first project() call of llama-cpp-python's build.
# Its CMakeLists forces LLAMA_BUILD_COMMON on in the cache; a plain variable goes before the cache (policy
# CMP0126), so this leaves out the `common` library, which Penwright never loads and which takes half the build.
set(LLAMA_BUILD_COMMON OFF)
