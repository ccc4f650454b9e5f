# LEMON::LEMON. The config file that LEMON 1.3 installs defines variables and no target.
find_path(LEMON_INCLUDE_DIR lemon/network_simplex.h)
find_library(LEMON_LIBRARY lemon)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LEMON REQUIRED_VARS LEMON_LIBRARY LEMON_INCLUDE_DIR)
if(LEMON_FOUND AND NOT TARGET LEMON::LEMON)
  add_library(LEMON::LEMON UNKNOWN IMPORTED)
  set_target_properties(LEMON::LEMON PROPERTIES
    IMPORTED_LOCATION ${LEMON_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${LEMON_INCLUDE_DIR})
endif()
