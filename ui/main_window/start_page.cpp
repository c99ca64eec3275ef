// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/start_page.h"

#include <QDir>
#include <QFileInfo>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/common/banner.h"
#include "ui/common/messages.h"
#include "ui/sources/server_form.h"

namespace cohortist {

namespace {

constexpr int kColumnWidth = 720;
constexpr int kBetweenCards = 12;
constexpr int kCardWidth = (kColumnWidth - 2 * kBetweenCards) / 3; // three fit a window of 800

QLabel* dimLabel(const QString& text) {
    auto* label = new QLabel(text);
    label->setObjectName(QStringLiteral("dim"));
    label->setTextFormat(Qt::PlainText);
    return label;
}

// A large button with a title and what it is for.
QPushButton* card(const QString& title, const QString& text, const QString& shortcut) {
    auto* button = new QPushButton;
    button->setProperty("role", "card");
    button->setAccessibleName(title);
    button->setAccessibleDescription(text);
    button->setToolTip(QStringLiteral("%1 (%2)").arg(title, shortcut));
    button->setFixedWidth(kCardWidth);
    auto* layout = new QVBoxLayout(button);
    layout->setContentsMargins(14, 12, 14, 12);
    layout->setSpacing(4);
    auto* heading = new QLabel(title);
    heading->setObjectName(QStringLiteral("title"));
    auto* what = dimLabel(text);
    what->setWordWrap(true);
    auto* keys = new QLabel(shortcut);
    keys->setObjectName(QStringLiteral("shortcut"));
    for (QLabel* label : {heading, what, keys}) {
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
        layout->addWidget(label);
    }
    layout->setAlignment(keys, Qt::AlignLeft);
    layout->insertStretch(2); // headings and shortcuts stand in a line, however long the texts
    return button;
}

QPushButton* link(const QString& text) {
    auto* button = new QPushButton(text);
    button->setProperty("role", "link");
    button->setCursor(Qt::PointingHandCursor);
    return button;
}

} // namespace

StartPage::StartPage(QWidget* parent)
    : QWidget(parent)
    , m_banner(new Banner)
    , m_recentTitle(new QLabel(tr("Recent")))
    , m_recent(new QFrame) {
    auto* title = new QLabel(tr("Whose behaviour do you want to see?"));
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 1.7);
    large.setWeight(QFont::DemiBold);
    title->setFont(large);
    auto* server =
        card(tr("Connect to a server…"), tr("Redis, Valkey, Redis Cluster or bitmapist-server."),
             QKeySequence(tr("Ctrl+Shift+O")).toString(QKeySequence::NativeText));
    connect(server, &QPushButton::clicked, this, &StartPage::connectWanted);
    auto* open =
        card(tr("Open a file…"), tr("A .cohorts snapshot or a bitmapist.db. Or drop it here."),
             QKeySequence(QKeySequence::Open).toString(QKeySequence::NativeText));
    connect(open, &QPushButton::clicked, this, &StartPage::openWanted);
    auto* import =
        card(tr("Import an event log…"), tr("A CSV of who did what and when becomes a snapshot."),
             QKeySequence(tr("Ctrl+I")).toString(QKeySequence::NativeText));
    connect(import, &QPushButton::clicked, this, &StartPage::importWanted);
    auto* cards = new QHBoxLayout;
    cards->setSpacing(kBetweenCards);
    cards->addWidget(server);
    cards->addWidget(open);
    cards->addWidget(import);
    cards->addStretch();
    m_recentTitle->setObjectName(QStringLiteral("title"));
    m_recent->setObjectName(QStringLiteral("recentList"));
    new QVBoxLayout(m_recent); // the frame's
    m_recent->layout()->setContentsMargins(12, 6, 12, 6);
    m_recent->layout()->setSpacing(2);
    auto* demo = new QHBoxLayout;
    demo->setSpacing(4);
    auto* demoLink = link(tr("Open the demo"));
    connect(demoLink, &QPushButton::clicked, this, &StartPage::demoWanted);
    demo->addWidget(dimLabel(tr("New here?")));
    demo->addWidget(demoLink);
    demo->addWidget(dimLabel(tr("A made-up product: 200,000 users, 180 days.")));
    demo->addStretch(1);

    auto* column = new QWidget;
    column->setMaximumWidth(kColumnWidth);
    column->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    auto* parts = new QVBoxLayout(column);
    parts->setContentsMargins({});
    parts->setSpacing(8);
    parts->addWidget(title);
    parts->addWidget(dimLabel(tr("Cohortist reads the bitmaps that bitmapist writes. It never "
                                 "writes to your server.")));
    parts->addSpacing(12);
    parts->addLayout(cards);
    parts->addSpacing(12);
    parts->addWidget(m_recentTitle);
    parts->addWidget(m_recent);
    parts->addLayout(demo);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->addWidget(m_banner);
    layout->addStretch(1);
    auto* middle = new QHBoxLayout;
    middle->addStretch(1);
    middle->addWidget(column, 1000);
    middle->addStretch(1);
    layout->addLayout(middle);
    layout->addStretch(3);
    setRecent({});
}

void StartPage::setRecent(const QStringList& sources) {
    m_recentTitle->setVisible(!sources.isEmpty());
    m_recent->setVisible(!sources.isEmpty());
    while (QLayoutItem* item = m_recent->layout()->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const QString& source : sources) {
        auto* row = new QWidget;
        auto* line = new QHBoxLayout(row);
        line->setContentsMargins({});
        auto* name = link(fontMetrics().elidedText(titleOf(source), Qt::ElideMiddle, 320));
        name->setToolTip(plainToolTip(source));
        name->setAccessibleName(source);
        connect(name, &QPushButton::clicked, this, [this, source] { emit recentChosen(source); });
        line->addWidget(name);
        line->addStretch(1);
        const QString where =
            isServer(source) ? source : QDir::toNativeSeparators(QFileInfo(source).path());
        line->addWidget(
            dimLabel(fontMetrics().elidedText(where, Qt::ElideMiddle, kColumnWidth - 420)));
        auto* chip = new QLabel(isServer(source) ? tr("read-only") : tr("file"));
        chip->setObjectName(QStringLiteral("chip"));
        line->addWidget(chip);
        m_recent->layout()->addWidget(row);
    }
}

} // namespace cohortist
