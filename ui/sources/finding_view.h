// SPDX-License-Identifier: GPL-3.0-or-later
// What became of asking a server, below the connect dialog's fields: what it is and what lies in
// it, or why it could not be asked. Hidden until it has something to say. Window's thread alone.
#pragma once

#include <QFrame>

#include "core/base/error.h"
#include "ui/sources/server_probe.h"

class QLabel;

namespace cohortist {

[[nodiscard]] QString shownPrefix(const std::string& prefix);
[[nodiscard]] QString eventsText(std::uint64_t events); // 148 events
[[nodiscard]] QString keysText(std::uint64_t keys);

class FindingView : public QFrame {
    Q_OBJECT
public:
    explicit FindingView(QWidget* parent = nullptr);

    void showBusy(const QString& what);
    void showFault(const Error& error, const QString& advice);
    void showFinding(const ServerFinding& finding, const ServerAddress& address);
    [[nodiscard]] QString text() const; // with its markup; empty when hidden

private:
    void say(const char* tone, const QString& html, const QString& more = {},
             const QString& warning = {});

    QLabel* m_found;
    QLabel* m_more;
    QLabel* m_warning;
};

} // namespace cohortist
