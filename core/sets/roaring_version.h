// SPDX-License-Identifier: GPL-3.0-or-later
// The CRoaring that this was built against, for `version`.
#pragma once

#include <string>

namespace cohortist {

[[nodiscard]] std::string roaringVersion(); // "0.2.66"

} // namespace cohortist
