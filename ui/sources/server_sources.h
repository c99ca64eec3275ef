// SPDX-License-Identifier: GPL-3.0-or-later
// The window's way to servers: the connect dialog, and a known server met again with the password
// that fits it: of its address, of this run, of COHORTIST_PASSWORD or of the keychain, in this
// order. Passwords are kept in memory for as long as the window lives. Window's thread alone.
#pragma once

#include <memory>

#include <QHash>
#include <QObject>
#include <QPointer>

#include "ui/sources/connect_dialog.h"

namespace cohortist {

class ServerSources : public QObject {
    Q_OBJECT
public:
    ServerSources(JobRunner& runner, QWidget& window);
    ~ServerSources() override;

    // Tests have a keychain of their own.
    void setPasswords(std::unique_ptr<Passwords> passwords);
    // Opens the dialog, with what is known of the source, and what was wrong with it.
    void ask(const QString& source = {}, const std::optional<Error>& error = {});
    // Finds the password and tells with ready how the server is to be met.
    // readsAgain: what is kept of its past is not to be believed.
    void meet(const QString& source, bool readsAgain = false);
    // "Redis 7.0.15 · 61,204 keys · connected in 3 ms".
    [[nodiscard]] static QString summary(const OpenedServer& opened);

signals:
    void ready(const QString& source, const ServerAddress& address, bool readsAgain);
    void unreadable(const Error& error);                               // the source's text
    void connected(const QString& source, const OpenedServer& opened); // source: no password
    void dialogOpened(ConnectDialog* dialog);

private:
    JobRunner& m_runner;
    QWidget& m_window;
    std::unique_ptr<Passwords> m_passwords;
    QHash<QString, std::string> m_known; // by their keys in the keychain
    QPointer<ConnectDialog> m_dialog;
};

} // namespace cohortist
