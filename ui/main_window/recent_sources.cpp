// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/recent_sources.h"

#include <QFileInfo>
#include <QSettings>

#include "ui/sources/server_form.h"

namespace cohortist {

namespace {

constexpr int kMostRecent = 8;
const char* const kSetting = "recent";

} // namespace

QStringList recentSources() {
    return QSettings().value(QLatin1String(kSetting)).toStringList();
}

void rememberSource(const QString& path) {
    const auto kept =
        isServer(path) ? withoutPassword(path) : std::optional(QFileInfo(path).absoluteFilePath());
    if (!kept) {
        return;
    }
    QStringList recent = recentSources();
    recent.removeAll(*kept);
    recent.prepend(*kept);
    QSettings().setValue(QLatin1String(kSetting), QStringList(recent.mid(0, kMostRecent)));
}

} // namespace cohortist
