# Compiler flags, libraries and helpers that every directory uses.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
include(GNUInstallDirs)
find_package(OpenMP REQUIRED COMPONENTS C)
find_package(PkgConfig REQUIRED)
pkg_check_modules(GSL REQUIRED IMPORTED_TARGET gsl>=2.7)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1>=0.2)
pkg_check_modules(HWLOC REQUIRED IMPORTED_TARGET hwloc>=2.4)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson>=2.13)
pkg_check_modules(CHECK REQUIRED IMPORTED_TARGET check>=0.15)

add_library(sv_flags INTERFACE)
target_compile_definitions(sv_flags INTERFACE _GNU_SOURCE)
target_compile_options(sv_flags INTERFACE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wcast-qual -Wwrite-strings
  -fno-common -ffp-contract=off -fno-omit-frame-pointer $<$<BOOL:${SV_WERROR}>:-Werror>)
if(SV_SANITIZE)
  target_compile_options(sv_flags INTERFACE -fsanitize=${SV_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(sv_flags INTERFACE -fsanitize=${SV_SANITIZE})
endif()
# Archer tells ThreadSanitizer what libomp's barriers and tasks order.
find_library(SV_ARCHER archer PATHS /usr/lib/llvm-14/lib /usr/lib/llvm-15/lib /usr/lib/llvm-16/lib)
if(NOT SV_ARCHER)
  set(SV_ARCHER "")
endif()
if(SV_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "SV_FUZZ needs clang: libFuzzer is part of it")
  endif()
  target_compile_options(sv_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# sv_explored(TARGET): what algorithms need to be compiled for the explored substrate.
function(sv_explored target)
  target_compile_definitions(${target} PRIVATE SV_SUBSTRATE=explored SV_SUBSTRATE_explored=1)
  # models/explore/plain.c answers the calls. A real sanitizer has its own.
  if(NOT SV_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=thread)
  endif()
endfunction()

# sv_sources(VAR [DIR...]): the C and assembly files of directories (the current one by default).
function(sv_sources var)
  set(found)
  foreach(dir IN LISTS ARGN ITEMS ".")
    file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.c" "${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.S")
    list(APPEND found ${files})
  endforeach()
  list(REMOVE_DUPLICATES found)
  set(${var} ${found} PARENT_SCOPE)
endfunction()

# sv_add_subdirectory(DIR): add_subdirectory() when DIR has a CMakeLists.txt.
function(sv_add_subdirectory dir)
  if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${dir}/CMakeLists.txt")
    add_subdirectory(${dir})
  endif()
endfunction()
