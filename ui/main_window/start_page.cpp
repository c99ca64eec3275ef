// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/start_page.h"

#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/common/error_banner.h"
#include "ui/common/messages.h"

namespace cohortist {

StartPage::StartPage(QWidget* parent)
    : QWidget(parent)
    , m_banner(new ErrorBanner)
    , m_recent(new QVBoxLayout) {
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    auto* title = new QLabel(tr("Open a snapshot to explore its cohorts"));
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 1.5);
    large.setWeight(QFont::DemiBold);
    title->setFont(large);
    auto* text =
        new QLabel(tr("A snapshot is a .cohorts file. Drop one anywhere on this window, or "
                      "choose it."));
    text->setObjectName(QStringLiteral("dim"));
    text->setWordWrap(true);
    auto* open = new QPushButton(tr("Open snapshot…"));
    open->setToolTip(tr("Open a snapshot (Ctrl+O)"));
    open->setDefault(true);
    connect(open, &QPushButton::clicked, this, &StartPage::openWanted);

    auto* column = new QVBoxLayout;
    column->setSpacing(12);
    column->addWidget(title);
    column->addWidget(text);
    column->addWidget(open, 0, Qt::AlignLeft);
    column->addSpacing(8);
    m_recent->setSpacing(2);
    column->addLayout(m_recent);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->addWidget(m_banner);
    layout->addStretch(2);
    auto* middle = new QHBoxLayout;
    middle->addStretch(1);
    middle->addLayout(column, 2);
    middle->addStretch(1);
    layout->addLayout(middle);
    layout->addStretch(3);
}

void StartPage::setRecent(const QStringList& paths) {
    while (QLayoutItem* item = m_recent->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (paths.isEmpty()) {
        return;
    }
    auto* title = new QLabel(tr("Recent"));
    title->setObjectName(QStringLiteral("title"));
    m_recent->addWidget(title);
    for (const QString& path : paths) {
        auto* link = new QPushButton(QFileInfo(path).fileName());
        link->setProperty("role", QStringLiteral("link"));
        link->setToolTip(plainToolTip(path));
        connect(link, &QPushButton::clicked, this, [this, path] { emit recentChosen(path); });
        m_recent->addWidget(link, 0, Qt::AlignLeft);
    }
}

} // namespace cohortist
