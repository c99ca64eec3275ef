// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/server_fields.h"

#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include "ui/common/segmented_control.h"
#include "ui/sources/certificate_rows.h"
#include "ui/sources/form_rows.h"
#include "ui/sources/password_row.h"
#include "ui/sources/prefix_box.h"

namespace cohortist {

namespace {

constexpr int kShortField = 76;
const char* const kLength = "lengthBefore";

} // namespace

ServerFields::ServerFields(Passwords& passwords, QWidget* parent)
    : QWidget(parent)
    , m_kind(new SegmentedControl(tr("Kind"), {tr("Redis, Valkey or bitmapist-server"),
                                               tr("Redis Cluster"), tr("Unix socket")}))
    , m_host(new QLineEdit)
    , m_port(new QLineEdit)
    , m_user(new QLineEdit)
    , m_password(new PasswordRow(passwords,
                                 [this] {
                                     const auto named = addressOf(form());
                                     return named ? Passwords::keyOf(*named) : QString();
                                 }))
    , m_database(new QLineEdit)
    , m_tls(new QCheckBox(tr("TLS")))
    , m_replicas(new QCheckBox(tr("Read from replicas")))
    , m_certificates(new CertificateRows(this))
    , m_prefix(new PrefixBox) {
    auto* rows = new FormRows;
    setLayout(rows);
    rows->setContentsMargins({});
    addRows(*rows);
    for (auto* field : findChildren<QLineEdit*>()) {
        watch(field);
    }
    connect(m_host, &QLineEdit::editingFinished, this, &ServerFields::splitHost);
    for (QLineEdit* field : {m_user, m_host}) {
        connect(field, &QLineEdit::editingFinished, this, [this] { m_password->read(); });
    }
    connect(m_kind, &SegmentedControl::changed, this, &ServerFields::showKind);
    connect(m_tls, &QCheckBox::toggled, this, &ServerFields::showKind);
    m_replicas->setToolTip(tr("Spares the primaries; replicas may be behind them a little"));
    setFocusProxy(m_host);
}

ServerFields::~ServerFields() {
    // A field with the focus says that it was edited when it goes, which is after this.
    for (QLineEdit* field : findChildren<QLineEdit*>()) {
        field->disconnect(this);
    }
}

void ServerFields::addRows(FormRows& rows) {
    rows.add(tr("Kind"), m_kind);
    m_port->setAccessibleName(tr("Port"));
    m_port->setToolTip(tr("Port"));
    m_port->setFixedWidth(kShortField);
    rows.add(tr("Address"), m_host, inLine({m_host, m_port}));
    rows.addHint(tr("Or paste a redis:// address. It fills in the rest."));
    m_user->setPlaceholderText(tr("none, unless the server has users"));
    rows.add(tr("User"), m_user);
    rows.add(tr("Password"), m_password->field(), m_password);
    m_database->setFixedWidth(kShortField);
    m_databaseLabel = rows.add(tr("Database"), m_database,
                               inLine({m_database, m_tls, m_certificates->button(), m_replicas}));
    m_certificates->addTo(rows);
    rows.add(tr("Prefix"), m_prefix);
}

// More than a character at once is a paste or a drop; what is typed is read when it is done.
void ServerFields::watch(QLineEdit* field) {
    field->installEventFilter(this);
    connect(field, &QLineEdit::textChanged, this, [this, field](const QString& text) {
        const auto before = field->property(kLength).toLongLong();
        field->setProperty(kLength, text.size());
        if (text.size() - before > 1) {
            (void)takeAddress(text);
        }
        emit edited();
    });
    connect(field, &QLineEdit::editingFinished, this,
            [this, field] { (void)takeAddress(field->text()); });
}

bool ServerFields::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->matches(QKeySequence::Paste) &&
        takeAddress(QGuiApplication::clipboard()->text())) {
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

bool ServerFields::takeAddress(const QString& text) {
    if (!isServer(text.trimmed())) {
        return false;
    }
    const auto address = parseServerAddress(text.trimmed().toStdString());
    if (address) {
        setForm(formOf(*address));
    } else {
        emit unreadable(address.error());
    }
    return true;
}

void ServerFields::splitHost() {
    const auto parts = hostAndPort(m_host->text());
    if (parts && form().kind != ServerForm::Kind::Socket) {
        m_host->setText(parts->host);
        m_port->setText(parts->port);
    }
}

void ServerFields::setForm(const ServerForm& form) {
    m_kind->setCurrent(static_cast<int>(form.kind));
    m_host->setText(form.host);
    m_port->setText(form.port);
    m_user->setText(form.user);
    m_password->setPassword(form.password);
    m_database->setText(form.database);
    m_tls->setChecked(form.isTls);
    m_replicas->setChecked(form.usesReplicas);
    m_certificates->setForm(form);
    m_prefix->clear();
    m_prefix->setPrefix(form.prefix);
    showKind();
    m_password->read();
    emit filled();
}

ServerForm ServerFields::form() const {
    ServerForm form;
    form.kind = static_cast<ServerForm::Kind>(m_kind->current());
    form.host = m_host->text();
    form.port = m_port->text();
    form.isTls = m_tls->isChecked();
    m_certificates->fill(form);
    form.user = m_user->text();
    form.password = m_password->password();
    form.database = m_database->text();
    form.usesReplicas = m_replicas->isChecked();
    form.prefix = m_prefix->prefix();
    return form;
}

Result<ServerAddress> ServerFields::address() {
    for (QLineEdit* field : {m_host, m_port, m_user, m_password->field(), m_database}) {
        if (!isServer(field->text().trimmed())) {
            continue;
        }
        auto address = parseServerAddress(field->text().trimmed().toStdString());
        if (!address) {
            return fail(std::move(address.error()));
        }
        setForm(formOf(*address));
        break;
    }
    splitHost();
    return addressOf(form());
}

void ServerFields::showKind() {
    const auto kind = static_cast<ServerForm::Kind>(m_kind->current());
    const bool isSocket = kind == ServerForm::Kind::Socket;
    const bool isCluster = kind == ServerForm::Kind::Cluster;
    m_host->setPlaceholderText(isSocket ? QStringLiteral("/run/redis/redis.sock")
                                        : QStringLiteral("stats.example.com"));
    m_port->setVisible(!isSocket);
    m_database->setVisible(!isCluster);
    m_databaseLabel->setText(isCluster ? QString() : tr("Database"));
    m_replicas->setVisible(isCluster);
    m_tls->setVisible(!isSocket);
    m_certificates->setOffered(!isSocket && m_tls->isChecked());
}

void ServerFields::offerPrefixes(const std::vector<PrefixFound>& found) {
    m_prefix->offer(found);
}

void ServerFields::keepPassword(const ServerAddress& address) {
    m_password->keep(address);
}

void ServerFields::focusOn(const std::string& part) {
    QLineEdit* field = part == "host"               ? m_host
                       : part == "port"             ? m_port
                       : part == "user"             ? m_user
                       : part == "password"         ? m_password->field()
                       : part == "database"         ? m_database
                       : part.starts_with("prefix") ? m_prefix->lineEdit()
                                                    : m_certificates->open(part);
    if (field != nullptr) {
        field->setFocus();
        field->selectAll();
    } else if (part == "tls") {
        m_tls->setFocus();
    } else if (part == "cluster") {
        const bool isCluster = form().kind == ServerForm::Kind::Cluster;
        m_kind->focusChoice(
            static_cast<int>(isCluster ? ServerForm::Kind::Server : ServerForm::Kind::Cluster));
    }
}

} // namespace cohortist
