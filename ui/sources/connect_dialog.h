// SPDX-License-Identifier: GPL-3.0-or-later
// Asks which server to read and how to get in, tries it in the background, and opens it. Stays open
// until a server is, so a refusal stands beside the fields that it is about. An address pasted into
// any field fills all of them. Passwords stay in the dialog, and go to the keychain where the user
// wants that. Window's thread alone.
#pragma once

#include <QDialog>

#include "ui/jobs/job_runner.h"
#include "ui/sources/passwords.h"
#include "ui/sources/server_form.h"
#include "ui/sources/server_probe.h"

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace cohortist {

class FindingView;
class SegmentedControl;

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

signals:
    // The address has the password that got in.
    void connected(const ServerAddress& address, const OpenedServer& opened);
    void told(); // what became of a test or of connecting

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void addFields();
    void addPassword(QGridLayout& grid);
    void addCertificates(QGridLayout& grid);
    void addButtons();
    void addRow(QGridLayout& grid, const QString& text, QWidget* field);
    QLineEdit* addFile(QGridLayout& grid, const QString& text);
    void watch(QLineEdit* field);
    [[nodiscard]] bool takeAddress(const QString& text); // false: it is none
    void showKind();
    void readPassword();
    [[nodiscard]] std::optional<ServerAddress> address();
    void test();
    void connectNow();
    void begin(const QString& what);
    void end();
    void stop();
    void keepPassword(const ServerAddress& address);
    void showProgress(Progress progress);
    void fillPrefixes(const ServerFinding& finding);
    void choosePrefix(const std::optional<std::string>& prefix);

    JobRunner& m_runner;
    Passwords& m_passwords;
    bool m_isBusy = false;
    bool m_isThereAKeychain = false;
    QString m_doing;                     // in words
    std::optional<std::string> m_prefix; // chosen …
    QString m_prefixText;                // … and as it is shown

    SegmentedControl* m_kind;
    QLineEdit* m_host;
    QLineEdit* m_port;
    QLineEdit* m_user;
    QLineEdit* m_password;
    QComboBox* m_keep;
    QLineEdit* m_database;
    QCheckBox* m_tls;
    QPushButton* m_certificates;
    QLineEdit* m_caFile = nullptr;
    QLineEdit* m_certificateFile = nullptr;
    QLineEdit* m_keyFile = nullptr;
    QList<QWidget*> m_certificateRows;
    QLabel* m_databaseLabel = nullptr;
    QComboBox* m_prefixes;
    FindingView* m_finding;
    QPushButton* m_test;
    QPushButton* m_connect;
};

} // namespace cohortist
