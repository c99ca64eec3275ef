// SPDX-License-Identifier: GPL-3.0-or-later
// The sources opened lately, newest first, kept in the user's settings: paths, and addresses of
// servers without their passwords. Window's thread alone.
#pragma once

#include <QStringList>

namespace cohortist {

[[nodiscard]] QStringList recentSources();
void rememberSource(const QString& path);

} // namespace cohortist
