// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/password_row.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>

namespace cohortist {

namespace {

constexpr int kKeepIndex = 0;

} // namespace

PasswordRow::PasswordRow(Passwords& passwords, std::function<QString()> keyNow)
    : m_passwords(passwords)
    , m_keyNow(std::move(keyNow))
    , m_field(new QLineEdit)
    , m_keep(new QComboBox) {
    m_field->setEchoMode(QLineEdit::Password);
    if (qEnvironmentVariableIsSet("COHORTIST_PASSWORD")) {
        m_field->setPlaceholderText(tr("of COHORTIST_PASSWORD"));
    }
    m_keep->addItem(tr("Keep in keychain"));
    m_keep->addItem(tr("Ask each time"));
    m_keep->setAccessibleName(tr("What becomes of the password"));
    m_keep->hide();
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins({});
    line->setSpacing(8);
    line->addWidget(m_field, 1);
    line->addWidget(m_keep);
}

QString PasswordRow::password() const {
    return m_field->text();
}

void PasswordRow::setPassword(const QString& password) {
    m_field->setText(password);
}

void PasswordRow::read() {
    const QString key = m_keyNow();
    if (key != m_filledFor && !m_filled.isEmpty() && m_field->text() == m_filled) {
        m_field->clear();
        m_filled.clear();
    }
    // Of nobody, to learn whether there is a keychain.
    m_passwords.read(key.isEmpty() ? QStringLiteral("redis://localhost") : key, this,
                     [this, key](const Passwords::Answer& answer) { take(key, answer); });
}

void PasswordRow::take(const QString& key, const Passwords::Answer& answer) {
    m_isThereAKeychain = answer.isThereAKeychain;
    m_keep->setVisible(m_isThereAKeychain);
    if (answer.password && m_field->text().isEmpty() && !key.isEmpty() && m_keyNow() == key) {
        m_filledFor = key;
        m_filled = *answer.password;
        m_field->setText(m_filled);
    }
}

void PasswordRow::keep(const ServerAddress& address) {
    if (!m_isThereAKeychain || m_field->text().isEmpty()) {
        return;
    }
    if (m_keep->currentIndex() == kKeepIndex) {
        m_passwords.keep(Passwords::keyOf(address), m_field->text());
    } else {
        m_passwords.forget(Passwords::keyOf(address));
    }
}

} // namespace cohortist
