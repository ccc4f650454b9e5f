// A shared library that is no plugin.
extern "C" int nas_no_plugin() { return 0; }
