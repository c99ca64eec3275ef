// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/import/zone_offsets.h"

#include <algorithm>

#include <QDateTime>
#include <QFile>
#include <QRegularExpression>

namespace cohortist {

namespace {

constexpr std::int64_t kDay = 86400; // no offset is as large

// Qt lists the main names alone. The others, such as US/Eastern and Etc/UTC, have files like them.
bool isZoneName(const QByteArray& id) {
    if (QTimeZone::isTimeZoneIdAvailable(id)) {
        return true;
    }
    static const QRegularExpression form(
        QStringLiteral("\\A(?!posix/|right/)[A-Za-z][A-Za-z0-9_+/-]*\\z"));
    if (!form.match(QString::fromLatin1(id)).hasMatch()) {
        return false; // nor any way out of the folder
    }
    QFile file(QStringLiteral("/usr/share/zoneinfo/") + QString::fromLatin1(id));
    return file.open(QIODevice::ReadOnly) && file.read(4) == "TZif";
}

QDateTime utcTime(std::int64_t seconds) {
    return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC);
}

} // namespace

Result<ZoneOffsets> ZoneOffsets::create(const std::string& name) {
    const QByteArray id = QByteArray::fromStdString(name);
    const QTimeZone zone(id);
    // A zone made of any word would be valid, too: it might be a rule in POSIX' form.
    if (!zone.isValid() || !isZoneName(id)) {
        return fail(Error{ErrorCode::Usage,
                          message("core", "cannot read times in the zone %1", name),
                          message("core", "no time zone is called so"),
                          message("core", "Write it like Europe/Berlin or America/New_York; the "
                                          "names come with the system's tzdata"),
                          {},
                          {}});
    }
    return ZoneOffsets(zone);
}

std::int32_t ZoneOffsets::offsetAt(std::int64_t utc) const {
    return m_zone.offsetFromUtc(utcTime(utc));
}

ZoneOffsets::Hour ZoneOffsets::find(std::int64_t hour) const {
    const std::int64_t first = hour * 3600;
    const std::int64_t last = first + 3599;
    // Walks over the changes from before the hour to after it. Each counts from the later one of
    // the two walls' times at its instant on.
    std::int32_t offset = offsetAt(first - kDay);
    Hour found{hour, last + 1, offset, offset};
    std::int64_t at = first - kDay;
    while (m_zone.hasTransitions()) {
        const QTimeZone::OffsetData next = m_zone.nextTransition(utcTime(at));
        if (!next.atUtc.isValid() || next.atUtc.toSecsSinceEpoch() > last + kDay) {
            break;
        }
        at = next.atUtc.toSecsSinceEpoch();
        const std::int64_t change = at + std::max(offset, next.offsetFromUtc);
        if (change <= first) {
            found.before = next.offsetFromUtc;
        } else if (change <= last) {
            found.change = change;
        } else {
            break;
        }
        offset = next.offsetFromUtc;
        found.after = offset;
    }
    return found;
}

} // namespace cohortist
