# nas_add_plugin(<kind> <name> <source>...): lib nas_<kind>_<name>.so, the name by which plugins are
# found. <kind> is strategy or estimator; the target is nas_<kind>_<name>.
function(nas_add_plugin kind name)
  if(NOT kind MATCHES "^(strategy|estimator)$")
    message(FATAL_ERROR "nas_add_plugin: unknown kind '${kind}' (known: strategy, estimator)")
  endif()
  add_library(nas_${kind}_${name} MODULE ${ARGN})
  set_target_properties(nas_${kind}_${name} PROPERTIES PREFIX lib SUFFIX .so)
  target_link_libraries(nas_${kind}_${name} PRIVATE nas::nas)
endfunction()
