// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/connect_dialog.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QFrame>
#include <QGridLayout>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/common/numbers.h"
#include "ui/common/segmented_control.h"
#include "ui/sources/finding_view.h"

namespace cohortist {

namespace {

constexpr int kWidth = 640;
constexpr int kLabelWidth = 96;
constexpr int kShortField = 76;
constexpr int kKeepIndex = 0;
const char* const kLength = "lengthBefore";

} // namespace

ConnectDialog::ConnectDialog(JobRunner& runner, Passwords& passwords, QWidget* parent)
    : QDialog(parent)
    , m_runner(runner)
    , m_passwords(passwords)
    , m_kind(new SegmentedControl(tr("Kind"), {tr("Redis, Valkey or bitmapist-server"),
                                               tr("Redis Cluster"), tr("Unix socket")}))
    , m_host(new QLineEdit)
    , m_port(new QLineEdit)
    , m_user(new QLineEdit)
    , m_password(new QLineEdit)
    , m_keep(new QComboBox)
    , m_database(new QLineEdit)
    , m_tls(new QCheckBox(tr("TLS")))
    , m_certificates(new QPushButton(tr("Certificates…")))
    , m_prefixes(new QComboBox)
    , m_finding(new FindingView)
    , m_test(new QPushButton(tr("Test")))
    , m_connect(new QPushButton(tr("Connect"))) {
    setWindowTitle(tr("Connect to a server"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 12);
    layout->setSpacing(8);
    auto* title = new QLabel(tr("Connect to a server"));
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 1.15);
    large.setWeight(QFont::DemiBold);
    title->setFont(large);
    layout->addWidget(title);
    addFields();
    layout->addWidget(m_finding);
    layout->addStretch();
    addButtons();
    for (QLineEdit* field : {m_host, m_port, m_user, m_password, m_database, m_caFile,
                             m_certificateFile, m_keyFile, m_prefixes->lineEdit()}) {
        watch(field);
    }
    setForm({});
    resize(kWidth, sizeHint().height());
    m_host->setFocus();
}

ConnectDialog::~ConnectDialog() {
    // A field with the focus says that it was edited when it goes, which is after the dialog.
    for (QLineEdit* field : findChildren<QLineEdit*>()) {
        field->disconnect(this);
    }
    m_runner.stop(this);
}

void ConnectDialog::addRow(QGridLayout& grid, const QString& text, QWidget* field) {
    auto* label = new QLabel(text);
    label->setObjectName(QStringLiteral("dim"));
    label->setBuddy(field);
    label->setMinimumWidth(kLabelWidth);
    field->setAccessibleName(text);
    grid.addWidget(label, grid.rowCount(), 0);
}

void ConnectDialog::addFields() {
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(8);
    grid->setColumnStretch(1, 1);
    static_cast<QVBoxLayout*>(layout())->addLayout(grid);
    addRow(*grid, tr("Kind"), m_kind);
    grid->addWidget(m_kind, grid->rowCount() - 1, 1, 1, 2);
    connect(m_kind, &SegmentedControl::changed, this, &ConnectDialog::showKind);

    addRow(*grid, tr("Address"), m_host);
    m_port->setAccessibleName(tr("Port"));
    m_port->setToolTip(tr("Port"));
    auto* place = new QHBoxLayout;
    place->setSpacing(6);
    place->addWidget(m_host, 1);
    m_port->setFixedWidth(kShortField);
    place->addWidget(m_port);
    grid->addLayout(place, grid->rowCount() - 1, 1, 1, 2);
    auto* hint = new QLabel(tr("Or paste a redis:// address. It fills in the rest."));
    hint->setObjectName(QStringLiteral("dim"));
    grid->addWidget(hint, grid->rowCount(), 1, 1, 2);

    addRow(*grid, tr("User"), m_user);
    m_user->setPlaceholderText(tr("none, unless the server has users"));
    grid->addWidget(m_user, grid->rowCount() - 1, 1, 1, 2);
    connect(m_user, &QLineEdit::editingFinished, this, &ConnectDialog::readPassword);
    connect(m_host, &QLineEdit::editingFinished, this, &ConnectDialog::readPassword);
    addPassword(*grid);

    addRow(*grid, tr("Database"), m_database);
    auto* numbers = new QHBoxLayout;
    numbers->setSpacing(8);
    m_database->setFixedWidth(kShortField);
    numbers->addWidget(m_database);
    numbers->addWidget(m_tls);
    m_certificates->setProperty("role", QStringLiteral("link"));
    m_certificates->setToolTip(tr("Files for servers whose certificate is not publicly trusted, "
                                  "or that ask for one"));
    m_certificates->setAutoDefault(false);
    m_certificates->setCheckable(true);
    numbers->addWidget(m_certificates);
    numbers->addStretch();
    grid->addLayout(numbers, grid->rowCount() - 1, 1, 1, 2);
    m_databaseLabel =
        qobject_cast<QLabel*>(grid->itemAtPosition(grid->rowCount() - 1, 0)->widget());
    addCertificates(*grid);
    connect(m_tls, &QCheckBox::toggled, this, &ConnectDialog::showKind);
    connect(m_certificates, &QPushButton::toggled, this, &ConnectDialog::showKind);

    m_prefixes->setEditable(true);
    m_prefixes->setInsertPolicy(QComboBox::NoInsert);
    m_prefixes->setCompleter(nullptr);
    m_prefixes->lineEdit()->setPlaceholderText(tr("found by itself where there is one alone"));
    addRow(*grid, tr("Prefix"), m_prefixes);
    grid->addWidget(m_prefixes, grid->rowCount() - 1, 1, 1, 2);
    connect(m_prefixes, &QComboBox::activated, this, [this](int index) {
        choosePrefix(m_prefixes->itemData(index).toByteArray().toStdString());
    });
}

void ConnectDialog::addPassword(QGridLayout& grid) {
    addRow(grid, tr("Password"), m_password);
    m_password->setEchoMode(QLineEdit::Password);
    if (qEnvironmentVariableIsSet("COHORTIST_PASSWORD")) {
        m_password->setPlaceholderText(tr("of COHORTIST_PASSWORD"));
    }
    m_keep->addItem(tr("Keep in keychain"));
    m_keep->addItem(tr("Ask each time"));
    m_keep->setAccessibleName(tr("What becomes of the password"));
    m_keep->hide();
    auto* line = new QHBoxLayout;
    line->setSpacing(6);
    line->addWidget(m_password, 1);
    line->addWidget(m_keep);
    grid.addLayout(line, grid.rowCount() - 1, 1, 1, 2);
}

QLineEdit* ConnectDialog::addFile(QGridLayout& grid, const QString& text) {
    auto* field = new QLineEdit;
    addRow(grid, text, field);
    const int row = grid.rowCount() - 1;
    auto* choose = new QPushButton(tr("Choose…"));
    choose->setAutoDefault(false);
    grid.addWidget(field, row, 1);
    grid.addWidget(choose, row, 2);
    m_certificateRows << grid.itemAtPosition(row, 0)->widget() << field << choose;
    connect(choose, &QPushButton::clicked, this, [this, field, text] {
        const QString path = QFileDialog::getOpenFileName(
            this, text, field->text(), tr("Certificates (*.pem *.crt *.key);;All files (*)"));
        if (!path.isEmpty()) {
            field->setText(path);
        }
    });
    return field;
}

void ConnectDialog::addCertificates(QGridLayout& grid) {
    m_caFile = addFile(grid, tr("CA file"));
    m_caFile->setPlaceholderText(tr("the system's"));
    m_certificateFile = addFile(grid, tr("Certificate"));
    m_certificateFile->setPlaceholderText(tr("none, unless the server asks for one"));
    m_keyFile = addFile(grid, tr("Its key"));
    m_keyFile->setPlaceholderText(tr("in the certificate's file"));
}

void ConnectDialog::addButtons() {
    auto* line = new QFrame;
    line->setObjectName(QStringLiteral("hairLine"));
    line->setFixedHeight(1);
    layout()->addWidget(line);
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setToolTip(tr("Leave (Esc)"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_test);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_connect);
    static_cast<QVBoxLayout*>(layout())->addLayout(buttons);
    m_test->setToolTip(tr("See what the server is and what lies in it"));
    m_test->setAutoDefault(false);
    cancel->setAutoDefault(false);
    m_connect->setProperty("role", QStringLiteral("primary"));
    m_connect->setDefault(true);
    connect(m_test, &QPushButton::clicked, this, [this] {
        if (m_isBusy) {
            stop();
        } else {
            test();
        }
    });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_connect, &QPushButton::clicked, this, &ConnectDialog::connectNow);
    connect(this, &QDialog::finished, this, &ConnectDialog::stop);
}

// More than a character at once is a paste or a drop; what is typed is read when it is done.
void ConnectDialog::watch(QLineEdit* field) {
    field->installEventFilter(this);
    connect(field, &QLineEdit::textChanged, this, [this, field](const QString& text) {
        const auto before = field->property(kLength).toLongLong();
        field->setProperty(kLength, text.size());
        if (text.size() - before > 1) {
            (void)takeAddress(text);
        }
        if (m_isBusy) {
            stop(); // it was about what stood there
        }
    });
    connect(field, &QLineEdit::editingFinished, this,
            [this, field] { (void)takeAddress(field->text()); });
}

bool ConnectDialog::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->matches(QKeySequence::Paste) &&
        takeAddress(QGuiApplication::clipboard()->text())) {
        return true;
    }
    return QDialog::eventFilter(watched, event);
}

bool ConnectDialog::takeAddress(const QString& text) {
    if (!isServer(text.trimmed())) {
        return false;
    }
    const auto address = parseServerAddress(text.trimmed().toStdString());
    if (address) {
        setForm(formOf(*address));
        readPassword();
    } else {
        showFault(address.error());
    }
    return true;
}

void ConnectDialog::setForm(const ServerForm& form) {
    m_kind->setCurrent(static_cast<int>(form.kind));
    m_host->setText(form.host);
    m_port->setText(form.port);
    m_user->setText(form.user);
    m_password->setText(form.password);
    m_database->setText(form.database);
    m_tls->setChecked(form.isTls);
    m_caFile->setText(form.caFile);
    m_certificateFile->setText(form.certificateFile);
    m_keyFile->setText(form.keyFile);
    m_certificates->setChecked(
        !(form.caFile.isEmpty() && form.certificateFile.isEmpty() && form.keyFile.isEmpty()));
    m_prefixes->clear();
    choosePrefix(form.prefix);
    m_finding->hide();
    m_test->setText(tr("Test"));
    showKind();
    readPassword();
}

ServerForm ConnectDialog::form() const {
    ServerForm form;
    form.kind = static_cast<ServerForm::Kind>(m_kind->current());
    form.host = m_host->text();
    form.port = m_port->text();
    form.isTls = m_tls->isChecked();
    form.caFile = m_caFile->text();
    form.certificateFile = m_certificateFile->text();
    form.keyFile = m_keyFile->text();
    form.user = m_user->text();
    form.password = m_password->text();
    form.database = m_database->text();
    const QString prefix = m_prefixes->currentText();
    if (prefix == m_prefixText) {
        form.prefix = m_prefix; // its very bytes
    } else if (!prefix.isEmpty()) {
        form.prefix = prefix.toStdString();
    }
    return form;
}

void ConnectDialog::showKind() {
    const auto kind = static_cast<ServerForm::Kind>(m_kind->current());
    const bool isSocket = kind == ServerForm::Kind::Socket;
    const bool isCluster = kind == ServerForm::Kind::Cluster;
    m_host->setPlaceholderText(isSocket ? QStringLiteral("/run/redis/redis.sock")
                                        : QStringLiteral("stats.example.com"));
    m_port->setVisible(!isSocket);
    m_database->setVisible(!isCluster);
    m_databaseLabel->setText(isCluster ? QString() : tr("Database"));
    m_tls->setVisible(!isSocket);
    m_certificates->setVisible(!isSocket && m_tls->isChecked());
    for (QWidget* part : m_certificateRows) {
        part->setVisible(!isSocket && m_tls->isChecked() && m_certificates->isChecked());
    }
}

void ConnectDialog::choosePrefix(const std::optional<std::string>& prefix) {
    m_prefix = prefix;
    m_prefixText = prefix ? shownPrefix(*prefix) : QString();
    m_prefixes->setEditText(m_prefixText);
}

// Finds out whether there is a keychain, and what it keeps for whom the fields name.
void ConnectDialog::readPassword() {
    const auto address = addressOf(form());
    const QString key = address ? Passwords::keyOf(*address) : QStringLiteral("redis://localhost");
    m_passwords.read(key, this, [this, key](const Passwords::Answer& answer) {
        m_isThereAKeychain = answer.isThereAKeychain;
        m_keep->setVisible(m_isThereAKeychain);
        const auto now = addressOf(form());
        if (answer.password && m_password->text().isEmpty() && now &&
            Passwords::keyOf(*now) == key) {
            m_password->setText(*answer.password);
        }
    });
}

void ConnectDialog::keepPassword(const ServerAddress& address) {
    if (!m_isThereAKeychain || m_password->text().isEmpty()) {
        return;
    }
    if (m_keep->currentIndex() == kKeepIndex) {
        m_passwords.keep(Passwords::keyOf(address), m_password->text());
    } else {
        m_passwords.forget(Passwords::keyOf(address));
    }
}

std::optional<ServerAddress> ConnectDialog::address() {
    for (QLineEdit* field : {m_host, m_port, m_user, m_password, m_database}) {
        if (takeAddress(field->text())) {
            break;
        }
    }
    auto address = addressOf(form());
    if (!address) {
        showFault(address.error());
        emit told();
        return std::nullopt;
    }
    if (address->password.empty()) {
        address->password = qEnvironmentVariable("COHORTIST_PASSWORD").toStdString();
    }
    return *address;
}

void ConnectDialog::begin(const QString& what) {
    m_isBusy = true;
    m_doing = what;
    m_test->setText(tr("Stop"));
    m_connect->setEnabled(false);
    m_finding->showBusy(what);
}

void ConnectDialog::end() {
    m_isBusy = false;
    m_test->setText(tr("Test again"));
    m_connect->setEnabled(true);
}

void ConnectDialog::stop() {
    if (m_isBusy) {
        m_runner.stop(this);
        end();
        m_finding->hide();
    }
}

void ConnectDialog::showProgress(Progress progress) {
    m_finding->showBusy(progress.done > 0
                            ? tr("%1, %2 keys so far").arg(m_doing, countText(progress.done))
                            : m_doing);
}

void ConnectDialog::test() {
    const auto tested = address();
    if (!tested) {
        return;
    }
    begin(tr("Asking %1").arg(QString::fromStdString(tested->name())));
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [tested = *tested](const JobContext& job) { return probeServer(tested, job); },
        [this, tested = *tested](const Result<ServerFinding>& finding) {
            end();
            if (finding) {
                m_finding->showFinding(*finding, tested);
                fillPrefixes(*finding);
            } else {
                showFault(finding.error());
            }
            emit told();
        },
        [this](Progress progress) { showProgress(progress); });
}

void ConnectDialog::connectNow() {
    if (m_isBusy) {
        return;
    }
    const auto wanted = address();
    if (!wanted) {
        return;
    }
    begin(tr("Connecting to %1").arg(QString::fromStdString(wanted->name())));
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [wanted = *wanted](const JobContext& job) { return openOrChoose(wanted, job); },
        [this, wanted = *wanted](Result<OpenedOrFound> result) {
            end();
            if (!result) {
                showFault(result.error());
            } else if (result->found) {
                m_finding->showFinding(*result->found, wanted);
                fillPrefixes(*result->found);
                m_prefixes->setFocus();
            } else {
                keepPassword(wanted);
                emit connected(wanted, result->opened);
                accept();
            }
            emit told();
        },
        [this](Progress progress) { showProgress(progress); });
}

void ConnectDialog::showFault(const Error& error) {
    const bool isPassword = error.code == ErrorCode::AccessDenied;
    m_finding->showFault(error);
    QLineEdit* field = error.part == "host"       ? m_host
                       : error.part == "port"     ? m_port
                       : error.part == "database" ? m_database
                       : isPassword               ? m_password
                                                  : nullptr;
    if (field != nullptr) {
        field->setFocus();
        field->selectAll();
    }
}

// The likeliest is chosen, unless the user named one.
void ConnectDialog::fillPrefixes(const ServerFinding& finding) {
    const auto chosen = form().prefix;
    m_prefixes->clear();
    for (const PrefixFound& found : finding.prefixes) {
        m_prefixes->addItem(
            tr("%1 · %2", "prefix · its events")
                .arg(shownPrefix(found.prefix), eventsText(found.events)),
            QByteArray(found.prefix.data(), static_cast<qsizetype>(found.prefix.size())));
    }
    m_prefixes->setCurrentIndex(-1);
    choosePrefix(chosen || finding.prefixes.empty() ? chosen
                                                    : std::optional(finding.prefixes[0].prefix));
}

QString ConnectDialog::finding() const {
    return m_finding->text();
}

} // namespace cohortist
