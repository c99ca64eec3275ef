// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept on this computer of servers' data, past periods and parts of unfinished copies: how
// much it is, and removing all of it once the user has said so. Looks at the files in the
// background. Window's thread alone.
#pragma once

#include <cstdint>
#include <vector>

#include <QObject>

#include "core/store/kept/kept_folder.h"
#include "ui/jobs/job_runner.h"

class QMenu;
class QWidget;

namespace cohortist {

struct KeptAmount {
    std::vector<KeptSource> periods;
    std::vector<KeptSource> copies; // unfinished ones

    [[nodiscard]] std::uint64_t bytes() const; // of all
    [[nodiscard]] bool isNothing() const { return periods.empty() && copies.empty(); }
};

class KeptData : public QObject {
    Q_OBJECT
public:
    // window: what the question belongs to; it outlives this.
    KeptData(JobRunner& runner, QWidget& window);

    // An entry that says how much there is when the menu is opened, and clears.
    void addTo(QMenu& menu);
    void measure(); // tells with measured
    void clear();   // asks first

signals:
    void measured(const KeptAmount& amount);
    void cleared(const QString& text);
    void failed(const Error& error);

private:
    void ask(const KeptAmount& amount);
    void remove(std::uint64_t bytes);

    JobRunner& m_runner;
    QWidget& m_window;
};

} // namespace cohortist
