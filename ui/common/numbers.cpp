// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/numbers.h"

#include <array>
#include <chrono>

#include <QCoreApplication>
#include <QDateTime>
#include <QFontInfo>
#include <QFontMetricsF>
#include <QLocale>

namespace cohortist {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Numbers)
};

// Words of a date are in the language of the texts around it, figures as the system has them.
QLocale wordsLocale() {
    //: The language of this translation, as an ISO code: en, de, fr …
    return QLocale(Texts::tr("en"));
}

QDateTime startTime(Period period) {
    return QDateTime::fromSecsSinceEpoch(startOf(period).time_since_epoch().count(), Qt::UTC);
}

QString formatted(Period period, const QString& format) {
    return wordsLocale().toString(startTime(period), format);
}

bool hasEqualDigits(const QFont& font) {
    const QFontMetricsF metrics(font);
    const double width = metrics.horizontalAdvance(QLatin1Char('0'));
    for (char digit = '1'; digit <= '9'; ++digit) {
        if (qAbs(metrics.horizontalAdvance(QLatin1Char(digit)) - width) > 0.01) {
            return false;
        }
    }
    return true;
}

} // namespace

QString countText(std::uint64_t count) {
    return QLocale().toString(static_cast<qulonglong>(count));
}

QString rateText(double fraction) {
    return QLocale().toString(fraction * 100, 'f', 1);
}

QString decimalText(double value) {
    return QLocale().toString(value, 'f', 1);
}

QString megabytesText(std::uint64_t bytes) {
    constexpr double kLeast = 0.05; // else it would be shown as 0.0 MB
    const double megabytes = static_cast<double>(bytes) / 1e6;
    return bytes > 0 && megabytes < kLeast ? Texts::tr("under 0.1 MB")
                                           : Texts::tr("%1 MB").arg(decimalText(megabytes));
}

QString durationText(double milliseconds) {
    if (milliseconds < 1) {
        return Texts::tr("under 1 ms");
    }
    if (milliseconds < 999.5) { // else it would be shown as 1,000 ms
        return Texts::tr("%1 ms").arg(QLocale().toString(milliseconds, 'f', 0));
    }
    return Texts::tr("%1 s").arg(QLocale().toString(milliseconds / 1000, 'f', 1));
}

QString rowLabel(Period period, bool withYear) {
    switch (period.granularity) {
    case Granularity::Hour:
        return formatted(period, withYear ? Texts::tr("ddd d MMM yyyy HH:00")
                                          : Texts::tr("ddd d MMM HH:00"));
    case Granularity::Day:
        return formatted(period, withYear ? Texts::tr("ddd d MMM yyyy") : Texts::tr("ddd d MMM"));
    case Granularity::Week:
        return Texts::tr("Week of %1")
            .arg(formatted(period, withYear ? Texts::tr("d MMM yyyy") : Texts::tr("d MMM")));
    case Granularity::Month:
        return formatted(period, Texts::tr("MMM yyyy"));
    case Granularity::Year:
        break;
    }
    return formatted(period, QStringLiteral("yyyy"));
}

QString dateText(Period period) {
    switch (period.granularity) {
    case Granularity::Hour:
        return formatted(period, Texts::tr("HH:00 'on' d MMM yyyy"));
    case Granularity::Day:
        return formatted(period, Texts::tr("d MMM yyyy"));
    case Granularity::Week:
        return Texts::tr("the week of %1").arg(formatted(period, Texts::tr("d MMM yyyy")));
    case Granularity::Month:
        return formatted(period, Texts::tr("MMMM yyyy"));
    case Granularity::Year:
        break;
    }
    return formatted(period, QStringLiteral("yyyy"));
}

QString whenText(Period period) {
    switch (period.granularity) {
    case Granularity::Hour:
        return Texts::tr("at %1").arg(dateText(period));
    case Granularity::Day:
        return Texts::tr("on %1").arg(dateText(period));
    case Granularity::Week:
    case Granularity::Month:
    case Granularity::Year:
        break;
    }
    return Texts::tr("in %1").arg(dateText(period));
}

QString unitName(Granularity granularity) {
    switch (granularity) {
    case Granularity::Hour:
        return Texts::tr("hour");
    case Granularity::Day:
        return Texts::tr("day");
    case Granularity::Week:
        return Texts::tr("week");
    case Granularity::Month:
        return Texts::tr("month");
    case Granularity::Year:
        break;
    }
    return Texts::tr("year");
}

QString stepsText(int steps, Granularity granularity) {
    struct Forms {
        QString one, many;
    };
    const std::array<Forms, 5> forms{{{Texts::tr("1 hour"), Texts::tr("%1 hours")},
                                      {Texts::tr("1 day"), Texts::tr("%1 days")},
                                      {Texts::tr("1 week"), Texts::tr("%1 weeks")},
                                      {Texts::tr("1 month"), Texts::tr("%1 months")},
                                      {Texts::tr("1 year"), Texts::tr("%1 years")}}};
    const Forms& form = forms[static_cast<std::size_t>(granularity)];
    return steps == 1 ? form.one : form.many.arg(QLocale().toString(steps));
}

QString laterText(int steps, Granularity granularity) {
    if (steps != 0) {
        return Texts::tr("%1 later", "7 days later").arg(stepsText(steps, granularity));
    }
    switch (granularity) {
    case Granularity::Hour:
        return Texts::tr("in the same hour");
    case Granularity::Day:
        return Texts::tr("on the same day");
    case Granularity::Week:
        return Texts::tr("in the same week");
    case Granularity::Month:
        return Texts::tr("in the same month");
    case Granularity::Year:
        break;
    }
    return Texts::tr("in the same year");
}

QFont figureFont(const QFont& font) {
    if (hasEqualDigits(font)) {
        return font;
    }
    for (const char* family : {"Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial"}) {
        QFont candidate = font;
        candidate.setFamilies({QString::fromLatin1(family)});
        if (QFontInfo(candidate).family() == QLatin1String(family) && hasEqualDigits(candidate)) {
            return candidate;
        }
    }
    return font;
}

} // namespace cohortist
