// SPDX-License-Identifier: GPL-3.0-or-later
// A copy of a server in words: what it would hold, how it ended, what an earlier one has left. Pure
// but for the default locale and translations.
#pragma once

#include <QString>

#include "core/session/snapshot_copy.h"

namespace cohortist {

[[nodiscard]] QString estimateText(const CopyEstimate& estimate); // 4 events, 192 keys, about 3 MB
[[nodiscard]] QString copiedText(const CopySummary& summary, std::uint64_t fileBytes);
[[nodiscard]] QString interruptedText(std::uint64_t partsBytes);
// parts: whether what was read is kept for the next try.
[[nodiscard]] QString failureText(const Error& error, bool hasParts);

} // namespace cohortist
