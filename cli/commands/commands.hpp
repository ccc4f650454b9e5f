/// What each command executes: one file per verb beside this one.
#pragma once

#include "cli/command.hpp"

namespace nas::cli {

int run_command(const Arguments& arguments);
int resume_command(const Arguments& arguments);
int ls_command(const Arguments& arguments);
int show_command(const Arguments& arguments);
int compare_command(const Arguments& arguments);
int report_command(const Arguments& arguments);
int eval_command(const Arguments& arguments);
int export_command(const Arguments& arguments);
int plugin_list_command(const Arguments& arguments);
int plugin_info_command(const Arguments& arguments);
int plugin_check_command(const Arguments& arguments);
int space_list_command(const Arguments& arguments);
int space_show_command(const Arguments& arguments);
int space_count_command(const Arguments& arguments);
int space_enumerate_command(const Arguments& arguments);
int space_sample_command(const Arguments& arguments);
int space_check_command(const Arguments& arguments);
int space_edf_command(const Arguments& arguments);
int space_optimize_command(const Arguments& arguments);
int profile_command(const Arguments& arguments);
int data_list_command(const Arguments& arguments);
int data_info_command(const Arguments& arguments);
int data_check_command(const Arguments& arguments);
int config_show_command(const Arguments& arguments);
int doctor_command(const Arguments& arguments);
int verify_command(const Arguments& arguments);
int version_command(const Arguments& arguments);
int completion_command(const Arguments& arguments);
int help_command(const Arguments& arguments);

}  // namespace nas::cli
