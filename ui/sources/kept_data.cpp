// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/kept_data.h"

#include <QAction>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>

#include "ui/common/numbers.h"

namespace cohortist {

namespace {

Result<KeptAmount> measureNow() {
    return KeptAmount{keptSources(defaultKeptFolder()), keptSources(defaultPartsFolder())};
}

QStringList linesOf(const std::vector<KeptSource>& sources) {
    QStringList lines;
    for (const KeptSource& source : sources) {
        lines << QStringLiteral("%1 · %2").arg(QString::fromStdString(source.source),
                                               megabytesText(source.bytes));
    }
    return lines;
}

} // namespace

std::uint64_t KeptAmount::bytes() const {
    std::uint64_t sum = 0;
    for (const auto* sources : {&periods, &copies}) {
        for (const KeptSource& source : *sources) {
            sum += source.bytes;
        }
    }
    return sum;
}

KeptData::KeptData(JobRunner& runner, QWidget& window)
    : QObject(&window)
    , m_runner(runner)
    , m_window(window) {}

void KeptData::addTo(QMenu& menu) {
    QAction* action = menu.addAction(tr("C&lear kept data of servers…"), this, &KeptData::clear);
    connect(&menu, &QMenu::aboutToShow, this, &KeptData::measure);
    connect(this, &KeptData::measured, action, [action](const KeptAmount& amount) {
        action->setText(
            amount.isNothing()
                ? tr("C&lear kept data of servers…")
                : tr("C&lear kept data of servers (%1)…").arg(megabytesText(amount.bytes())));
        action->setEnabled(!amount.isNothing());
    });
}

void KeptData::measure() {
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [](const JobContext&) { return measureNow(); },
        [this](const Result<KeptAmount>& amount) { emit measured(*amount); });
}

void KeptData::clear() {
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [](const JobContext&) { return measureNow(); },
        [this](const Result<KeptAmount>& amount) { ask(*amount); });
}

void KeptData::ask(const KeptAmount& amount) {
    if (amount.isNothing()) {
        emit cleared(tr("Nothing of servers' data is kept on this computer"));
        return;
    }
    auto* box = new QMessageBox(
        QMessageBox::Question, tr("Clear kept data"),
        tr("Remove %1 of servers' data from this computer?").arg(megabytesText(amount.bytes())),
        QMessageBox::Cancel, &m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    QString what = tr("The servers keep all of it; past periods are read from them again when they "
                      "are needed.");
    if (!amount.copies.empty()) {
        what += QLatin1Char(' ') + tr("Copies that were interrupted begin anew.");
    }
    box->setInformativeText(what);
    QStringList details;
    if (!amount.periods.empty()) {
        details << tr("Past periods of") << linesOf(amount.periods);
    }
    if (!amount.copies.empty()) {
        details << tr("Unfinished copies of") << linesOf(amount.copies);
    }
    box->setDetailedText(details.join(QLatin1Char('\n')));
    const QPushButton* yes = box->addButton(tr("Remove"), QMessageBox::AcceptRole);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(yes, &QPushButton::clicked, this, [this, bytes = amount.bytes()] { remove(bytes); });
    box->open();
}

void KeptData::remove(std::uint64_t bytes) {
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [](const JobContext&) -> Result<void> {
            for (const std::string& folder : {defaultKeptFolder(), defaultPartsFolder()}) {
                if (auto done = clearKept(folder); !done) {
                    return done;
                }
            }
            return {};
        },
        [this, bytes](const Result<void>& done) {
            if (done) {
                emit cleared(
                    tr("Removed %1 of servers' data from this computer").arg(megabytesText(bytes)));
                measure();
            } else {
                emit failed(done.error());
            }
        });
}

} // namespace cohortist
