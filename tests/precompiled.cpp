// A source for CMake to precompile Catch2's header with.
