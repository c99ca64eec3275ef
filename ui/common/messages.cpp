// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/messages.h"

#include <QCoreApplication>
#include <QTextDocument>

namespace cohortist {

namespace {

QString sentence(QString text) {
    if (text.isEmpty()) {
        return text;
    }
    text[0] = text[0].toUpper();
    return text.endsWith(QLatin1Char('.')) ? text : text + QLatin1Char('.');
}

} // namespace

QString translated(const Message& message) {
    const QString form = QCoreApplication::translate("core", message.source);
    QString text;
    for (qsizetype i = 0; i < form.size(); ++i) {
        // Not QString::arg: an argument may itself hold a %1.
        if (form[i] == QLatin1Char('%') && i + 1 < form.size()) {
            const int number = form[i + 1].digitValue();
            if (number >= 1 && static_cast<std::size_t>(number) <= message.arguments.size()) {
                text +=
                    QString::fromStdString(message.arguments[static_cast<std::size_t>(number) - 1]);
                ++i;
                continue;
            }
        }
        text += form[i];
    }
    return text;
}

QString whatAndWhy(const Error& error) {
    const QString what = translated(error.what);
    const QString why = translated(error.why);
    if (what.isEmpty() || why.isEmpty()) {
        return sentence(what + why);
    }
    return sentence(
        QCoreApplication::translate("Messages", "%1: %2", "what failed: why").arg(what, why));
}

QString whole(const Error& error) {
    const QString advice = translated(error.advice);
    return advice.isEmpty() ? whatAndWhy(error)
                            : whatAndWhy(error) + QLatin1Char(' ') + sentence(advice);
}

QString plainToolTip(const QString& text) {
    return Qt::mightBeRichText(text) ? Qt::convertFromPlainText(text) : text;
}

CharacterSpan inCharacters(const QString& text, TextSpan place) {
    const QByteArray bytes = text.toUtf8();
    const auto at = [&bytes](std::size_t offset) {
        return QString::fromUtf8(bytes.left(static_cast<qsizetype>(offset))).size();
    };
    const qsizetype first = at(place.offset);
    return {first, at(place.offset + place.length) - first};
}

} // namespace cohortist
