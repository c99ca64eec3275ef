// SPDX-License-Identifier: GPL-3.0-or-later
// Asks which server to read and how to get in, tries it in the background, and opens it. Stays open
// until a server is, so a refusal stands beside the fields that it is about. Passwords stay in the
// dialog, and go to the keychain where the user wants that. Window's thread alone.
#pragma once

#include <QDialog>
#include <QElapsedTimer>
#include <QTimer>

#include "ui/jobs/job_runner.h"
#include "ui/sources/passwords.h"
#include "ui/sources/server_form.h"
#include "ui/sources/server_probe.h"

class QPushButton;

namespace cohortist {

class FindingView;
class ServerFields;

class ConnectDialog : public QDialog {
    Q_OBJECT
public:
    ConnectDialog(JobRunner& runner, Passwords& passwords, QWidget* parent = nullptr);
    ~ConnectDialog() override;

    void setForm(const ServerForm& form);
    [[nodiscard]] ServerForm form() const;
    void showFault(const Error& error);
    [[nodiscard]] bool isBusy() const { return m_isBusy; }
    [[nodiscard]] QString finding() const; // what is said below the fields
    void test();

signals:
    // The address has the password that got in.
    void connected(const ServerAddress& address, const OpenedServer& opened);
    void told(); // what became of a test or of connecting

protected:
    bool event(QEvent* event) override;

private:
    void addButtons();
    [[nodiscard]] std::optional<ServerAddress> address();
    void connectNow();
    void begin(const QString& what);
    void end();
    void stop();
    void showProgress(Progress progress);
    void showWork();
    void showFinding(const ServerFinding& finding, const ServerAddress& address);

    JobRunner& m_runner;
    bool m_isBusy = false;
    QString m_doing;            // in words
    std::uint64_t m_listed = 0; // keys
    QElapsedTimer m_since;
    QTimer m_ticks;

    ServerFields* m_fields;
    FindingView* m_finding;
    QPushButton* m_test;
    QPushButton* m_connect;
};

} // namespace cohortist
