// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/source_status.h"

#include <QToolButton>

#include "ui/common/cost_text.h"
#include "ui/common/icons.h"
#include "ui/common/numbers.h"
#include "ui/main_window/status_line.h"
#include "ui/sources/server_form.h"

namespace cohortist {

namespace {

constexpr double kMegabyte = 1e6;

} // namespace

SourceStatus::SourceStatus(QToolButton& button, StatusLine& status, QWidget& window)
    : QObject(&window)
    , m_button(button)
    , m_status(status)
    , m_window(window) {
    showNothing();
}

void SourceStatus::showNothing() {
    m_button.setText(tr("No source"));
    m_button.setIcon(dotIcon(Dot::Off));
    m_status.setSource(tr("Nothing is open"));
}

void SourceStatus::setSource(const QString& source, std::shared_ptr<Session> session,
                             const QString& summary) {
    m_session = std::move(session);
    m_opened = QTime::currentTime();
    const QString name = titleOf(source);
    const QString kind =
        isServer(source) ? QString::fromStdString(m_session->info().kind) : tr("snapshot");
    m_button.setText(tr("%1 · %2", "a source: its kind").arg(name, kind));
    m_button.setIcon(dotIcon(Dot::Good));
    m_status.setSource(summary.isEmpty()
                           ? tr("%1 · %2 events").arg(name, countText(m_session->catalog()->size()))
                           : tr("%1 · %2", "a source: what it is").arg(name, summary));
    m_status.setKept({});
    m_window.setWindowTitle(tr("%1 – Cohortist").arg(name));
    showMemory();
}

void SourceStatus::showCost(const Cost& cost) {
    m_status.setCost(costText(cost));
    m_status.setKept(keptText(cost, m_opened));
    showMemory();
}

void SourceStatus::showMemory() {
    const auto use = m_session->inMemory();
    if (!use) {
        m_status.setMemory({}, {});
        return;
    }
    const QString filled = decimalText(static_cast<double>(use->bytes) / kMegabyte);
    const QString budget =
        countText(static_cast<std::uint64_t>(static_cast<double>(use->budget) / kMegabyte));
    m_status.setMemory(
        tr("In memory %1 of %2 MB").arg(filled, budget),
        tr("What was read is held in memory, so that it need not be read again: %1 keys, up to a "
           "quarter of this computer's memory. What was not used for longest goes first.")
            .arg(countText(use->sets)));
}

} // namespace cohortist
