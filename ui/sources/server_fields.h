// SPDX-License-Identifier: GPL-3.0-or-later
// The fields of the connect dialog: which server, how to get in, which prefix. An address that is
// pasted or written into any of them fills all of them. Window's thread alone.
#pragma once

#include <vector>

#include <QWidget>

#include "core/base/error.h"
#include "ui/sources/server_form.h"
#include "ui/sources/server_probe.h"

class QCheckBox;
class QLabel;
class QLineEdit;

namespace cohortist {

class CertificateRows;
class FormRows;
class PasswordRow;
class Passwords;
class PrefixBox;
class SegmentedControl;

class ServerFields : public QWidget {
    Q_OBJECT
public:
    explicit ServerFields(Passwords& passwords, QWidget* parent = nullptr);
    ~ServerFields() override;

    void setForm(const ServerForm& form);
    [[nodiscard]] ServerForm form() const;
    // An address that still stands in a field fills the others. Then what they say.
    [[nodiscard]] Result<ServerAddress> address();
    void offerPrefixes(const std::vector<PrefixFound>& found);
    void keepPassword(const ServerAddress& address);
    // Moves to what an Error::part of an address names; elsewhere there is nothing to move to.
    void focusOn(const std::string& part);

signals:
    void edited();                       // by hand or otherwise
    void filled();                       // by an address or by setForm
    void unreadable(const Error& error); // of an address

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void addRows(FormRows& rows);
    void watch(QLineEdit* field);
    [[nodiscard]] bool takeAddress(const QString& text); // false: it is none
    void splitHost();                                    // that was written with its port
    void showKind();

    SegmentedControl* m_kind;
    QLineEdit* m_host;
    QLineEdit* m_port;
    QLineEdit* m_user;
    PasswordRow* m_password;
    QLineEdit* m_database;
    QLabel* m_databaseLabel = nullptr;
    QCheckBox* m_tls;
    QCheckBox* m_replicas;
    CertificateRows* m_certificates;
    PrefixBox* m_prefix;
};

} // namespace cohortist
