// SPDX-License-Identifier: GPL-3.0-or-later
// A password, and beside it, where there is a keychain, what becomes of it. What the keychain keeps
// for a server fills the field while it is empty, and leaves it again with the server's name: a
// password is never offered to another server. Window's thread alone.
#pragma once

#include <functional>

#include <QWidget>

#include "ui/sources/passwords.h"

class QComboBox;
class QLineEdit;

namespace cohortist {

class PasswordRow : public QWidget {
    Q_OBJECT
public:
    // keyNow: whose password the fields ask for at this time; empty while they name nobody.
    PasswordRow(Passwords& passwords, std::function<QString()> keyNow);

    [[nodiscard]] QLineEdit* field() const { return m_field; }
    [[nodiscard]] QString password() const;
    void setPassword(const QString& password);
    // Finds out whether there is a keychain, and what it keeps for whom the fields name.
    void read();
    // As the user wants it, of one that got in.
    void keep(const ServerAddress& address);

private:
    void take(const QString& key, const Passwords::Answer& answer);

    Passwords& m_passwords;
    std::function<QString()> m_keyNow;
    bool m_isThereAKeychain = false;
    QString m_filledFor; // the key of what the keychain filled in …
    QString m_filled;    // … and that
    QLineEdit* m_field;
    QComboBox* m_keep;
};

} // namespace cohortist
