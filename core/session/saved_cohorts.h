// SPDX-License-Identifier: GPL-3.0-or-later
// The file of saved cohorts that $name is looked up in: a JSON object of names and query texts,
// {"regulars": "atleast(3, active@last 7 days)"}. Names of odd bytes cannot stand in it.
#pragma once

#include <string>

#include "core/base/error.h"
#include "core/query/resolver.h"

namespace cohortist {

// Errors are of the file as a whole; a single query that does not parse is in the map as its error.
[[nodiscard]] Result<SavedCohorts> readSavedCohorts(const std::string& path);

} // namespace cohortist
