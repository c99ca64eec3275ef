// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sets/roaring_version.h"

#include <fmt/format.h>

#include "core/sets/roaring_api.h"

namespace cohortist {

std::string roaringVersion() {
    return fmt::format("{}.{}.{}", static_cast<int>(ROARING_VERSION_MAJOR),
                       static_cast<int>(ROARING_VERSION_MINOR),
                       static_cast<int>(ROARING_VERSION_REVISION));
}

} // namespace cohortist
