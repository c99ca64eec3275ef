// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/import/import_page.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/common/banner.h"
#include "ui/common/messages.h"
#include "ui/common/numbers.h"
#include "ui/import/import_form.h"
#include "ui/import/import_text.h"
#include "ui/import/preview_model.h"

namespace cohortist {

namespace {

constexpr auto kTypingPause = std::chrono::milliseconds(200);
constexpr int kWidestColumn = 320;
constexpr int kColumnRoom = 12;

} // namespace

ImportPage::ImportPage(JobRunner& runner, QWidget* parent)
    : QWidget(parent)
    , m_runner(runner)
    , m_title(new QLabel(tr("Import an event log")))
    , m_path(new QLabel)
    , m_other(new QPushButton(tr("Another log…")))
    , m_banner(new Banner)
    , m_form(new ImportForm)
    , m_preview(new PreviewModel(this))
    , m_table(new QTableView)
    , m_summary(new QLabel)
    , m_reading(new QLabel)
    , m_problem(new QLabel)
    , m_close(new QPushButton(tr("Close")))
    , m_import(new QPushButton(tr("Import"))) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(12);
    layout->addWidget(m_banner);
    addHead();
    layout->addWidget(m_form);
    m_table->setModel(m_preview);
    m_table->setAccessibleName(tr("The log's first lines"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setFont(figureFont(font()));
    m_table->setWordWrap(false);
    m_table->verticalHeader()->setDefaultSectionSize(25);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setTabKeyNavigation(false);
    layout->addWidget(m_table, 1);
    addFoot();

    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &ImportPage::look);
    connect(m_form, &ImportForm::changed, this, &ImportPage::lookSoon);
    connect(m_form, &ImportForm::outputChanged, this, &ImportPage::updateFoot);
    connect(m_other, &QPushButton::clicked, this, &ImportPage::otherWanted);
    connect(m_close, &QPushButton::clicked, this, &ImportPage::closeWanted);
    connect(m_import, &QPushButton::clicked, this, &ImportPage::run);
}

void ImportPage::addHead() {
    auto* head = new QHBoxLayout;
    QFont large = m_title->font();
    large.setPointSizeF(large.pointSizeF() * 1.3);
    large.setWeight(QFont::DemiBold);
    m_title->setFont(large);
    m_path->setObjectName(QStringLiteral("dim"));
    m_path->setTextFormat(Qt::PlainText);
    m_path->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_path->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    head->addWidget(m_title);
    head->addSpacing(8);
    head->addWidget(m_path, 1);
    head->addWidget(m_other);
    static_cast<QVBoxLayout*>(layout())->addLayout(head);
}

void ImportPage::addFoot() {
    for (QLabel* label : {m_summary, m_reading, m_problem}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label->setMinimumWidth(80);
    }
    m_summary->setObjectName(QStringLiteral("summary"));
    m_summary->hide();
    m_reading->setObjectName(QStringLiteral("dim"));
    m_problem->setObjectName(QStringLiteral("fault"));
    m_problem->hide();
    layout()->addWidget(m_summary);
    layout()->addWidget(m_reading);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_problem, 1);
    foot->addStretch();
    m_close->setToolTip(tr("Leave this page (Esc)"));
    m_import->setProperty("role", QStringLiteral("primary"));
    m_import->setAutoDefault(true);
    foot->addWidget(m_close);
    foot->addWidget(m_import);
    static_cast<QVBoxLayout*>(layout())->addLayout(foot);
}

void ImportPage::setLog(const QString& path) {
    stop();
    m_log = path;
    m_path->setText(path);
    m_path->setToolTip(plainToolTip(path));
    m_banner->clear();
    m_summary->hide();
    m_preview->clear();
    m_form->setLog(path);
    look();
}

void ImportPage::lookSoon() {
    m_summary->hide();
    m_delay.start(kTypingPause);
}

void ImportPage::look() {
    m_delay.stop();
    m_runner.run(
        m_preview, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [log = m_log.toStdString(), options = m_form->options()](const JobContext&) {
            return previewEventLog(log, options);
        },
        [this](Result<LogPreview> preview) { showPreview(std::move(preview)); });
}

void ImportPage::showPreview(Result<LogPreview> preview) {
    m_canImport = false;
    if (!preview) {
        m_reading->clear();
        m_problem->setText(whole(preview.error()));
        m_problem->show();
        updateFoot();
        emit previewed();
        return;
    }
    const bool isFirst = m_preview->rowCount() == 0;
    const ImportOptions options = m_form->options();
    m_reading->setText(readingText(*preview, options));
    m_problem->setVisible(preview->problem.has_value());
    // The advice names options of the command line; here the controls are in sight.
    const bool isOfLine = preview->problem && preview->columns.user && preview->columns.time &&
                          preview->timeForm && (preview->columns.event || options.eventName);
    m_problem->setText(
        !preview->problem ? QString()
        : !isOfLine       ? whatAndWhy(*preview->problem)
        : options.isSkipping
            ? tr("Lines like this one will be left out: %1.").arg(translated(preview->problem->why))
            : tr("%1 Mend the log, or leave lines at fault out.")
                  .arg(whatAndWhy(*preview->problem)));
    m_canImport = !preview->problem || (isOfLine && options.isSkipping);
    m_preview->setPreview(*preview, options.hasTextIds);
    m_form->setFound(m_preview->preview()); // may ask to look again
    if (isFirst) {
        m_table->resizeColumnsToContents();
    }
    for (int column = 0; column < m_preview->columnCount(); ++column) {
        // A column that has been chosen says in its head what for.
        const int width = isFirst ? m_table->columnWidth(column) + kColumnRoom
                                  : std::max(m_table->columnWidth(column),
                                             m_table->horizontalHeader()->sectionSizeHint(column));
        m_table->setColumnWidth(column, std::min(width, kWidestColumn));
    }
    updateFoot();
    if (isFirst && m_canImport) {
        m_import->setFocus(); // Enter does the obvious
    }
    if (!m_delay.isActive()) {
        emit previewed();
    }
}

void ImportPage::updateFoot() {
    const bool isAdding = m_form->options().isAppending;
    const bool isReplacing = !isAdding && QFileInfo(m_form->output()).isFile();
    m_import->setText(isAdding      ? tr("Import and add")
                      : isReplacing ? tr("Import and replace")
                                    : tr("Import"));
    m_import->setEnabled(m_canImport && !m_isImporting && !m_form->output().isEmpty());
    for (QWidget* widget : std::initializer_list<QWidget*>{m_form, m_other, m_close}) {
        widget->setEnabled(!m_isImporting);
    }
}

void ImportPage::run() {
    m_banner->clear();
    m_summary->hide();
    setBusy(true);
    const QString output = m_form->output();
    m_runner.run(
        this, JobRunner::Lane::InputOutput, JobRunner::Priority::Interactive,
        [log = m_log.toStdString(), options = m_form->options(), target = output.toStdString()](
            const JobContext& job) { return importEventLog(log, options, target, job); },
        [this, output](const Result<ImportSummary>& summary) { take(output, summary); },
        [this](Progress progress) { emit progressed(progress); });
}

void ImportPage::take(const QString& output, const Result<ImportSummary>& summary) {
    setBusy(false);
    if (!summary) {
        // A fault of a line is the one error that another try can pass over.
        const bool isOfLine = summary.error().code == ErrorCode::WrongFormat && m_canImport &&
                              !m_form->options().isSkipping;
        Error error = summary.error();
        if (isOfLine) {
            error.advice = {}; // it names options of the command line; the button is the same
        }
        m_banner->show(error, isOfLine ? tr("Leave such lines out") : QString(), [this] {
            m_form->setSkipping();
            run();
        });
        emit failed();
        return;
    }
    QStringList texts{summaryText(*summary)};
    if (summary->skippedLines > 0) {
        texts << tr("Left out: %1 of %2 lines.")
                     .arg(countText(summary->skippedLines), countText(summary->lines));
    }
    const QString brief = texts.join(QLatin1Char(' '));
    texts += skippedTexts(*summary);
    m_summary->setText(texts.join(QLatin1Char('\n')));
    m_summary->show();
    emit imported(output, brief);
}

void ImportPage::stop() {
    m_delay.stop();
    m_runner.stop(this);
    setBusy(false);
}

void ImportPage::setBusy(bool isBusy) {
    if (m_isImporting != isBusy) {
        m_isImporting = isBusy;
        updateFoot();
        emit busyChanged(isBusy);
    }
}

} // namespace cohortist
