// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/finding_view.h"

#include <QAccessible>
#include <QLabel>
#include <QStyle>
#include <QTextDocumentFragment>
#include <QVBoxLayout>

#include "ui/common/messages.h"
#include "ui/common/numbers.h"

namespace cohortist {

namespace {

constexpr qsizetype kMostPrefixes = 4; // told; all are in the list

QString bold(const QString& text) {
    return QStringLiteral("<b>%1</b>").arg(text.toHtmlEscaped());
}

} // namespace

QString shownPrefix(const std::string& prefix) {
    return prefix.empty() ? FindingView::tr("(no prefix)") : QString::fromStdString(prefix);
}

QString eventsText(std::uint64_t events) {
    return events == 1 ? FindingView::tr("1 event")
                       : FindingView::tr("%1 events").arg(countText(events));
}

QString keysText(std::uint64_t keys) {
    return keys == 1 ? FindingView::tr("1 key") : FindingView::tr("%1 keys").arg(countText(keys));
}

FindingView::FindingView(QWidget* parent)
    : QFrame(parent)
    , m_found(new QLabel)
    , m_more(new QLabel)
    , m_warning(new QLabel) {
    setObjectName(QStringLiteral("finding"));
    auto* lines = new QVBoxLayout(this);
    lines->setContentsMargins(12, 10, 12, 10);
    lines->setSpacing(6);
    for (QLabel* label : {m_found, m_more, m_warning}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::RichText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        lines->addWidget(label);
    }
    m_warning->setObjectName(QStringLiteral("warning"));
    hide();
}

void FindingView::showBusy(const QString& what) {
    say("busy", what.toHtmlEscaped());
}

void FindingView::showFault(const Error& error, const QString& advice) {
    say("error", whatAndWhy(error).toHtmlEscaped(), advice.toHtmlEscaped());
}

void FindingView::showFinding(const ServerFinding& finding, const ServerAddress& address) {
    QStringList parts;
    parts << bold(tr("Connected in %1").arg(durationText(finding.connectTime.count())))
          << QString::fromStdString(finding.kind).toHtmlEscaped();
    if (address.isCluster) {
        parts << tr("cluster");
    }
    if (address.transport == ServerAddress::Transport::Tls) {
        parts << tr("TLS");
    }
    if (!address.user.empty()) {
        parts << tr("as %1").arg(QString::fromStdString(address.user).toHtmlEscaped());
    }
    const QString first = parts.join(QStringLiteral(" · "));
    if (finding.isClusterNode) {
        say("error", first, {},
            tr("This is one node of a cluster and has a part of its data. Choose Redis Cluster as "
               "its kind.")
                .toHtmlEscaped());
        return;
    }
    parts.clear();
    for (const PrefixFound& found : finding.prefixes) {
        if (parts.size() < kMostPrefixes) {
            parts << tr("%1 %2, %3", "prefix, its events, its keys")
                         .arg(bold(shownPrefix(found.prefix)), eventsText(found.events),
                              keysText(found.keys));
        }
    }
    QString second = parts.join(QStringLiteral(" · "));
    if (finding.keys == 0) {
        second = address.database == 0
                     ? tr("It is empty. Check that it is the right server, or mark events first.")
                     : tr("Database %1 is empty. Most servers keep everything in 0.")
                           .arg(address.database);
    } else if (finding.prefixes.empty()) {
        second = tr("%1, and none looks like one of bitmapist. Check the database and the "
                    "prefix.")
                     .arg(keysText(finding.keys));
    } else if (finding.prefixes.size() > 1) {
        second = tr("%1 prefixes: %2").arg(countText(finding.prefixes.size()), second) +
                 QStringLiteral("<br>") + tr("Choose one under Prefix, and connect.");
    }
    say(finding.prefixes.empty() ? "warning" : "good", first, second,
        finding.isKindKnown
            ? QString()
            : tr("This user may not run INFO: kind and version stay unknown.").toHtmlEscaped());
}

void FindingView::say(const char* tone, const QString& html, const QString& more,
                      const QString& warning) {
    setProperty("tone", QLatin1String(tone));
    style()->polish(this);
    m_found->setText(html);
    m_more->setText(more);
    m_more->setVisible(!more.isEmpty());
    m_warning->setText(warning);
    m_warning->setVisible(!warning.isEmpty());
    show();
    setAccessibleName(QTextDocumentFragment::fromHtml(text()).toPlainText());
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

QString FindingView::text() const {
    return isHidden() ? QString()
                      : m_found->text() + QLatin1Char('\n') + m_more->text() + QLatin1Char('\n') +
                            m_warning->text();
}

} // namespace cohortist
