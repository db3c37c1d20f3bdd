# What `cmake --install` puts where: the program, static libraries with their headers and a
# pkg-config file, scenarios and machines, the man page.
install(TARGETS simsvirt RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# Every static library of sim/ and models/, models first: that is the order to link them in.
set(sv_libraries)
foreach(dir models sim)
  get_property(targets DIRECTORY "${PROJECT_SOURCE_DIR}/${dir}" PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "STATIC_LIBRARY")
      list(APPEND sv_libraries ${target})
    endif()
  endforeach()
endforeach()
install(TARGETS ${sv_libraries} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

# Headers keep their folders, so that `#include "machine/machine.h"` reads the same installed.
set(headers ${CMAKE_INSTALL_INCLUDEDIR}/simsvirt)
install(DIRECTORY sim/ models/ DESTINATION ${headers} FILES_MATCHING PATTERN "*.h"
  PATTERN "*_private.h" EXCLUDE PATTERN "*_internal.h" EXCLUDE)
install(DIRECTORY scenarios DESTINATION ${CMAKE_INSTALL_DATADIR}/simsvirt FILES_MATCHING
  PATTERN "*.yaml" PATTERN "*.csv" PATTERN "*.xml" PATTERN "*.fio"
  PATTERN machines EXCLUDE PATTERN devices EXCLUDE)
install(DIRECTORY scenarios/machines scenarios/devices DESTINATION ${CMAKE_INSTALL_DATADIR}/simsvirt)
install(FILES docs/simsvirt.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL)

set(SV_PC_LIBS)
foreach(target IN LISTS sv_libraries)
  get_target_property(name ${target} OUTPUT_NAME)
  if(NOT name)
    set(name ${target})
  endif()
  string(APPEND SV_PC_LIBS " -l${name}")
endforeach()
# From the file's own place, so that `cmake --install --prefix` and a moved tree work too.
file(RELATIVE_PATH SV_PC_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(tools/cmake/simsvirt.pc.in simsvirt.pc @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/simsvirt.pc" DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
