# What a plugin outside of this tree is built against: headers, libnas and find_package(nas).
include(CMakePackageConfigHelpers)
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/nas)

# None of these needs a header of another library.
set(public_headers
  architecture/architecture.hpp
  architecture/blocks.hpp
  architecture/canonical_hash.hpp
  architecture/cost_model.hpp
  architecture/fragmentation.hpp
  architecture/op_table.hpp
  architecture/parameter_reference.hpp
  architecture/shape.hpp
  base/cancel_token.hpp
  base/error.hpp
  base/executor.hpp
  base/hash.hpp
  base/options.hpp
  base/precision.hpp
  base/random.hpp
  base/text.hpp
  data/batch.hpp
  data/dataset.hpp
  data/split.hpp
  engine/optimizer.hpp
  engine/program.hpp
  parameters/element_runs.hpp
  parameters/parameter_store.hpp
  parameters/tensor.hpp
  parameters/weights_file.hpp
  plugin/descriptor.hpp
  plugin/registry.hpp
  search/checkpoints.hpp
  search/derived_metric.hpp
  search/estimator.hpp
  search/genotype.hpp
  search/objective.hpp
  search/search_loop.hpp
  search/search_space.hpp
  search/strategy.hpp
  search/trial.hpp
  training/detection_loss.hpp
  training/loss.hpp
  training/schedule.hpp
  training/trainer.hpp)
foreach(header ${public_headers})
  cmake_path(GET header PARENT_PATH directory)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/nas/core/${directory}
          COMPONENT sdk)
endforeach()

install(TARGETS nas_core EXPORT nasTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk)
install(EXPORT nasTargets NAMESPACE nas:: DESTINATION ${config_dir} COMPONENT sdk)

string(REGEX MATCH "^[0-9]+" NAS_COMPILER_MAJOR "${CMAKE_CXX_COMPILER_VERSION}")
configure_package_config_file(cmake/nasConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/nasConfig.cmake
                              INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/nasConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/nasConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/nasConfigVersion.cmake cmake/nas_add_plugin.cmake
        DESTINATION ${config_dir} COMPONENT sdk)
