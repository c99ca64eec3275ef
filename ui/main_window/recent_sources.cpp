// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/recent_sources.h"

#include <QFileInfo>
#include <QSettings>

namespace cohortist {

namespace {

constexpr int kMostRecent = 8;
const char* const kSetting = "recent";

} // namespace

QStringList recentSources() {
    return QSettings().value(QLatin1String(kSetting)).toStringList();
}

void rememberSource(const QString& path) {
    QStringList recent = recentSources();
    const QString absolute = QFileInfo(path).absoluteFilePath();
    recent.removeAll(absolute);
    recent.prepend(absolute);
    QSettings().setValue(QLatin1String(kSetting), QStringList(recent.mid(0, kMostRecent)));
}

} // namespace cohortist
