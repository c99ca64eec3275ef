// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/source_status.h"

#include <algorithm>
#include <chrono>

#include <QToolButton>

#include "ui/common/cost_text.h"
#include "ui/common/icons.h"
#include "ui/common/messages.h"
#include "ui/common/numbers.h"
#include "ui/main_window/status_line.h"
#include "ui/sources/finding_view.h"
#include "ui/sources/kept_data.h"
#include "ui/sources/server_form.h"

namespace cohortist {

namespace {

constexpr int kWidestName = 240; // leaves room for the date in a window of 800
constexpr double kMegabyte = 1e6;
constexpr double kTenth = 0.1;
constexpr std::chrono::milliseconds kKeepingTime{2000}; // by then what was read is kept
constexpr std::chrono::milliseconds kQuick{300};        // what takes no longer is not told

} // namespace

SourceStatus::SourceStatus(QToolButton& button, StatusLine& status, KeptData& kept, QWidget& window)
    : QObject(&window)
    , m_button(button)
    , m_status(status)
    , m_kept(kept)
    , m_window(window) {
    m_keeping.setSingleShot(true);
    m_working.setSingleShot(true);
    connect(&m_working, &QTimer::timeout, this, [this] {
        if (m_session) {
            m_button.setIcon(dotIcon(Dot::Busy));
        }
    });
    connect(&m_keeping, &QTimer::timeout, &m_kept, &KeptData::measure);
    connect(&m_kept, &KeptData::measured, this, &SourceStatus::showKept);
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
    m_isServer = isServer(source);
    m_opened = QTime::currentTime();
    m_name = titleOf(source);
    m_summary = summary.isEmpty() ? eventsText(m_session->catalog()->size()) : summary;
    m_isLost = false;
    showState();
    m_status.setKept({});
    m_window.setWindowTitle(tr("%1 – Cohortist").arg(m_name));
    showMemory();
}

bool SourceStatus::isAway(ErrorCode code) {
    return code == ErrorCode::Lost || code == ErrorCode::TimedOut || code == ErrorCode::Busy ||
           code == ErrorCode::NotFound;
}

void SourceStatus::showState() {
    const std::string& is = m_session->info().kind;
    const QString kind = m_isLost           ? tr("connection lost")
                         : is == "snapshot" ? tr("snapshot")
                                            : QString::fromStdString(is);
    const QString whole = tr("%1 · %2", "a source: its kind").arg(m_name, kind);
    m_button.setText(
        tr("%1 · %2", "a source: its kind")
            .arg(m_button.fontMetrics().elidedText(m_name, Qt::ElideMiddle, kWidestName), kind));
    m_button.setToolTip(plainToolTip(tr("%1. Open another file or server", "a source").arg(whole)));
    m_button.setIcon(dotIcon(m_isLost ? Dot::Lost : Dot::Good));
    m_button.setAccessibleName(tr("Source: %1").arg(whole));
    m_status.setSource(m_isLost ? whole
                                : tr("%1 · %2", "a source: what it is").arg(m_name, m_summary));
}

void SourceStatus::setBusy(bool isBusy) {
    if (isBusy) {
        m_working.start(kQuick);
    } else {
        m_working.stop();
        if (m_session) {
            showState();
        }
    }
}

void SourceStatus::noteFailure(const Error& error) {
    if (m_isServer && isAway(error.code)) {
        m_isLost = true;
        showState();
    }
}

// Copies alone tell nothing of the server.
void SourceStatus::showCost(const Cost& cost) {
    if (cost.keysRead > cost.keysKept) {
        m_isLost = false;
        showState();
    }
    m_status.setCost(costText(cost));
    m_status.setKept(keptText(cost, m_opened));
    showMemory();
}

void SourceStatus::showMemory() {
    if (m_isServer) {
        m_keeping.start(kKeepingTime);
        return;
    }
    m_keeping.stop();
    const auto use = m_session->inMemory();
    if (!use) {
        m_status.setMemory({}, {});
        return;
    }
    const double least = use->bytes > 0 ? kTenth : 0; // something is not 0.0
    const QString filled =
        decimalText(std::max(static_cast<double>(use->bytes) / kMegabyte, least));
    const QString budget =
        countText(static_cast<std::uint64_t>(static_cast<double>(use->budget) / kMegabyte));
    m_status.setMemory(
        tr("In memory %1 of %2 MB").arg(filled, budget),
        tr("What was read is held in memory, so that it need not be read again: %1 keys, up to a "
           "quarter of this computer's memory. What was not used for longest goes first.")
            .arg(countText(use->sets)));
}

void SourceStatus::showKept(const KeptAmount& amount) {
    if (!m_session || !m_isServer) {
        return;
    }
    const std::string folder =
        keptFolderOf(defaultKeptFolder(), m_session->info().origin, m_session->info().prefix);
    std::uint64_t ours = 0;
    std::uint64_t all = 0;
    for (const KeptSource& source : amount.periods) {
        ours += source.folder == folder ? source.bytes : 0;
        all += source.bytes;
    }
    m_status.setMemory(
        tr("On this computer %1").arg(megabytesText(ours)),
        tr("Past periods of this server that are kept on this computer, so that they need not be "
           "read again. Of all servers %1 are kept, at most %2. “Clear kept data of servers” in "
           "the "
           "File menu removes them.")
            .arg(megabytesText(all), megabytesText(KeptOptions().limitBytes)));
}

} // namespace cohortist
