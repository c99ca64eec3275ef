// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/server_sources.h"

#include "ui/common/numbers.h"
#include "ui/sources/finding_view.h"

namespace cohortist {

ServerSources::ServerSources(JobRunner& runner, QWidget& window)
    : QObject(&window)
    , m_runner(runner)
    , m_window(window)
    , m_passwords(std::make_unique<KeychainPasswords>()) {}

ServerSources::~ServerSources() {
    delete m_dialog; // it uses the runner and the passwords
}

void ServerSources::setPasswords(std::unique_ptr<Passwords> passwords) {
    m_passwords = std::move(passwords);
}

void ServerSources::ask(const QString& source, const std::optional<Error>& error) {
    if (m_dialog) {
        m_dialog->raise();
        return;
    }
    m_dialog = new ConnectDialog(m_runner, *m_passwords, &m_window);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (const auto address = parseServerAddress(source.toStdString())) {
        ServerForm form = formOf(*address);
        if (form.password.isEmpty()) {
            form.password =
                QString::fromStdString(m_known.value(Passwords::keyOf(*address), std::string()));
        }
        m_dialog->setForm(form);
    }
    if (error) {
        m_dialog->showFault(*error);
        if (error->part == "prefixes") {
            m_dialog->test(); // which there are, to choose from
        }
    }
    connect(m_dialog, &ConnectDialog::connected, this,
            [this](const ServerAddress& address, const OpenedServer& opened) {
                m_known.insert(Passwords::keyOf(address), address.password);
                emit connected(QString::fromStdString(address.text()), opened);
            });
    m_dialog->open();
    emit dialogOpened(m_dialog);
}

void ServerSources::meet(const QString& source, bool readsAgain) {
    auto address = parseServerAddress(source.toStdString());
    if (!address) {
        emit unreadable(address.error());
        return;
    }
    const QString key = Passwords::keyOf(*address);
    const QString shown = QString::fromStdString(address->text());
    if (!address->password.empty()) {
        m_known.insert(key, address->password);
    } else if (const auto known = m_known.constFind(key); known != m_known.constEnd()) {
        address->password = *known;
    } else if (qEnvironmentVariableIsSet("COHORTIST_PASSWORD")) {
        address->password = qEnvironmentVariable("COHORTIST_PASSWORD").toStdString();
    } else {
        m_passwords->read(
            key, this,
            [this, shown, readsAgain, met = *address](const Passwords::Answer& answer) mutable {
                met.password = answer.password.value_or(QString()).toStdString();
                emit ready(shown, met, readsAgain);
            });
        return;
    }
    emit ready(shown, *address, readsAgain);
}

QString ServerSources::summary(const OpenedServer& opened) {
    return tr("%1 · %2 · %3 · connected in %4")
        .arg(QString::fromStdString(opened.session->info().kind),
             eventsText(opened.session->catalog()->size()),
             keysText(opened.session->catalog()->keyCount()),
             durationText(opened.connectTime.count()));
}

} // namespace cohortist
