// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/import/import_form.h"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QPushButton>
#include <QStandardPaths>
#include <QTimeZone>
#include <QVBoxLayout>

#include "ui/common/flow_layout.h"
#include "ui/common/labelled.h"
#include "ui/common/segmented_control.h"
#include "ui/import/preview_model.h"

namespace cohortist {

namespace {

constexpr int kOneEvent = -2; // instead of a column: one event for the whole log
constexpr int kUndecided = -1;
constexpr int kGroupGap = 12;
constexpr int kWidestColumnBox = 260;

QString zoneName(const QComboBox& box) {
    const QString text = box.currentText().trimmed();
    return text == QLatin1String("UTC") ? QString() : text;
}

// Beside the log, or where the user's documents are when nothing can be written there.
QString suggestedOutput(const QString& log) {
    const QFileInfo file(log);
    QString folder = file.absolutePath();
    if (!QFileInfo(folder).isWritable()) {
        folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    }
    return QDir::toNativeSeparators(
        QDir(folder).filePath(file.baseName() + QStringLiteral(".cohorts")));
}

} // namespace

ImportForm::ImportForm(QWidget* parent)
    : QWidget(parent)
    , m_oneEvent(new QLineEdit)
    , m_ids(new SegmentedControl(tr("User ids"), {tr("Whole numbers"), tr("Texts")}))
    , m_zone(new QComboBox)
    , m_timeFormat(new QLineEdit)
    , m_delimiter(new QComboBox)
    , m_header(new SegmentedControl(tr("First line"), {tr("names columns"), tr("is data")}))
    , m_hourly(new QCheckBox(tr("Hours too")))
    , m_unique(new QCheckBox(tr("Each event's users ever, too")))
    , m_onFault(new SegmentedControl(tr("A line at fault"), {tr("stops it"), tr("is left out")}))
    , m_output(new QLineEdit)
    , m_append(new QCheckBox(tr("Add to what is in it"))) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(8);
    addColumns();
    addReading();
    addKeeping();
}

FlowLayout* ImportForm::addLine() {
    auto* line = new QWidget;
    layout()->addWidget(line);
    return new FlowLayout(line, kGroupGap, 6); // the line's
}

QComboBox* ImportForm::addColumn(ColumnChoice& choice, const QString& name) {
    choice.box = new QComboBox;
    choice.box->setAccessibleName(name);
    choice.box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    choice.box->setMaximumWidth(kWidestColumnBox);
    connect(choice.box, &QComboBox::activated, this, [this, &choice] {
        const int column = choice.box->currentData().toInt();
        choice.chosen = column == kUndecided ? std::nullopt : std::optional(column);
        m_oneEvent->setVisible(m_event.chosen == kOneEvent);
        emit changed();
    });
    return choice.box;
}

void ImportForm::addColumns() {
    FlowLayout* line = addLine();
    line->addWidget(labelled(tr("User"), addColumn(m_user, tr("Column of user ids"))));
    line->addWidget(labelled(tr("Event"), addColumn(m_event, tr("Column of event names"))));
    m_oneEvent->setPlaceholderText(tr("name of the event"));
    m_oneEvent->setAccessibleName(tr("Event of the whole log"));
    m_oneEvent->hide();
    line->addWidget(m_oneEvent);
    line->addWidget(labelled(tr("Time"), addColumn(m_time, tr("Column of times"))));
    connect(m_oneEvent, &QLineEdit::textChanged, this, &ImportForm::changed);

    line->addWidget(labelled(tr("The first line"), m_header));
    connect(m_header, &SegmentedControl::changed, this, [this](int index) {
        m_hasHeader = index == 0;
        emit changed();
    });

    m_delimiter->addItem(tr("found by itself"), QString());
    for (const auto& [text, value] :
         {std::pair{tr("comma"), QStringLiteral(",")},
          std::pair{tr("semicolon"), QStringLiteral(";")},
          std::pair{tr("tab"), QStringLiteral("\t")}, std::pair{tr("bar"), QStringLiteral("|")},
          std::pair{tr("blank"), QStringLiteral(" ")},
          std::pair{tr("colon"), QStringLiteral(":")}}) {
        m_delimiter->addItem(text, value);
    }
    m_delimiter->setAccessibleName(tr("What divides columns"));
    line->addWidget(labelled(tr("Columns divided by"), m_delimiter));
    connect(m_delimiter, &QComboBox::activated, this, &ImportForm::changed);
}

void ImportForm::addReading() {
    FlowLayout* line = addLine();
    m_ids->setChoiceToolTip(0, tr("From 0 to 4,294,967,295; kept as they are"));
    m_ids->setChoiceToolTip(1, tr("Anything; kept beside numbers given in order of appearance"));
    line->addWidget(labelled(tr("Ids are"), m_ids));
    connect(m_ids, &SegmentedControl::changed, this, [this] {
        m_areIdsChosen = true;
        emit changed();
    });

    m_zone->setEditable(true);
    m_zone->setInsertPolicy(QComboBox::NoInsert);
    m_zone->addItem(QStringLiteral("UTC"));
    for (const QByteArray& id : QTimeZone::availableTimeZoneIds()) {
        if (id.contains('/')) {
            m_zone->addItem(QString::fromLatin1(id));
        }
    }
    m_zone->completer()->setFilterMode(Qt::MatchContains);
    m_zone->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_zone->setAccessibleName(tr("Zone of times without one"));
    m_zone->setMaximumWidth(kWidestColumnBox);
    line->addWidget(labelled(tr("Times without a zone are in"), m_zone));
    connect(m_zone, &QComboBox::currentTextChanged, this, &ImportForm::changed);

    m_timeFormat->setPlaceholderText(tr("found by itself"));
    m_timeFormat->setToolTip(
        tr("Such as %Y-%m-%d %H:%M:%S. %Y year, %m month, %b Jan, %d day, %H hour, %I and %p hour "
           "with AM or PM, %M minute, %S second, %f fraction, %z zone, %s Unix seconds."));
    m_timeFormat->setAccessibleName(tr("How times are written"));
    line->addWidget(labelled(tr("written"), m_timeFormat));
    connect(m_timeFormat, &QLineEdit::textChanged, this, &ImportForm::changed);
}

void ImportForm::addKeeping() {
    FlowLayout* line = addLine();
    m_hourly->setToolTip(tr("Keep who did what in which hour, beside days, weeks and months"));
    m_unique->setToolTip(tr("Keep for each event who ever did it, beside days, weeks and months"));
    line->addWidget(m_hourly);
    line->addWidget(m_unique);
    line->addWidget(labelled(tr("A line at fault"), m_onFault));
    m_onFault->setChoiceToolTip(1, tr("And counted, by what is wrong with it"));

    connect(m_onFault, &SegmentedControl::changed, this, &ImportForm::changed);

    m_output->setAccessibleName(tr("The snapshot to make"));
    m_output->setMinimumWidth(kWidestColumnBox);
    line->addWidget(labelled(tr("Save as"), m_output));
    auto* choose = new QPushButton(tr("Choose…"));
    line->addWidget(choose);
    m_append->setToolTip(tr("Otherwise the snapshot of that name is replaced"));
    line->addWidget(m_append);
    connect(choose, &QPushButton::clicked, this, &ImportForm::chooseOutput);
    connect(m_output, &QLineEdit::textChanged, this, &ImportForm::showAppend);
    connect(m_append, &QCheckBox::toggled, this, &ImportForm::outputChanged);
}

void ImportForm::chooseOutput() {
    QFileDialog dialog(this, tr("Save snapshot as"), QFileInfo(output()).path(),
                       tr("Snapshots (*.cohorts)"));
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setDefaultSuffix(QStringLiteral("cohorts"));
    dialog.setOption(QFileDialog::DontConfirmOverwrite); // the page says what will become of it
    dialog.selectFile(QFileInfo(output()).fileName());
    if (dialog.exec() == QDialog::Accepted) {
        m_output->setText(QDir::toNativeSeparators(dialog.selectedFiles().constFirst()));
    }
}

void ImportForm::showAppend() {
    m_append->setVisible(QFileInfo(output()).isFile());
    emit outputChanged();
}

void ImportForm::setLog(const QString& path) {
    m_user.chosen.reset();
    m_event.chosen.reset();
    m_time.chosen.reset();
    m_hasHeader.reset();
    m_areIdsChosen = false;
    m_names.clear();
    m_ids->setCurrent(0);
    m_onFault->setCurrent(0);
    const QSignalBlocker blockers[] = {QSignalBlocker(m_oneEvent), QSignalBlocker(m_timeFormat),
                                       QSignalBlocker(m_zone)};
    m_oneEvent->setText(QFileInfo(path).baseName());
    m_oneEvent->hide();
    m_timeFormat->clear();
    m_zone->setCurrentIndex(0);
    m_delimiter->setCurrentIndex(0);
    m_append->setChecked(false);
    m_output->setText(suggestedOutput(path));
    showAppend();
}

void ImportForm::fill(const ColumnChoice& choice, const LogPreview& preview,
                      std::optional<std::uint32_t> found, bool hasOneEvent) const {
    const QSignalBlocker blocker(choice.box);
    choice.box->clear();
    if (!found && choice.chosen != kOneEvent) {
        choice.box->addItem(tr("choose…"), kUndecided);
    }
    for (int column = 0; column < columnCountOf(preview); ++column) {
        choice.box->addItem(columnTitle(preview, column), column);
    }
    if (hasOneEvent) {
        choice.box->addItem(tr("one event for all lines:"), kOneEvent);
    }
    const int shown = choice.chosen == kOneEvent ? kOneEvent
                      : found                    ? static_cast<int>(*found)
                                                 : kUndecided;
    choice.box->setCurrentIndex(std::max(0, choice.box->findData(shown)));
}

void ImportForm::setFound(const LogPreview& preview) {
    m_names = preview.header;
    fill(m_user, preview, preview.columns.user, false);
    fill(m_event, preview, preview.columns.event, true);
    fill(m_time, preview, preview.columns.time, false);
    if (!m_hasHeader) {
        m_header->setCurrent(preview.hasHeader ? 0 : 1);
    }
    if (!m_areIdsChosen && preview.columns.user && !preview.rows.empty()) {
        const int ids = preview.hasIntegerIds ? 0 : 1;
        if (ids != m_ids->current()) {
            m_ids->setCurrent(ids);
            emit changed();
        }
    }
}

void ImportForm::setSkipping() {
    m_onFault->setCurrent(1);
}

// By its name, where that says which one is meant; else by its number.
std::string ImportForm::nameOf(const ColumnChoice& choice) const {
    if (!choice.chosen || *choice.chosen < 0) {
        return {};
    }
    const auto place = static_cast<std::size_t>(*choice.chosen);
    if (m_hasHeader != false && place < m_names.size() && !m_names[place].empty() &&
        std::count(m_names.begin(), m_names.end(), m_names[place]) == 1) {
        return m_names[place];
    }
    return std::to_string(place + 1);
}

ImportOptions ImportForm::options() const {
    ImportOptions options;
    options.userColumn = nameOf(m_user);
    options.eventColumn = nameOf(m_event);
    options.timeColumn = nameOf(m_time);
    if (m_event.chosen == kOneEvent) {
        options.eventName = m_oneEvent->text().toStdString();
    }
    options.hasHeader = m_hasHeader;
    if (const QString delimiter = m_delimiter->currentData().toString(); !delimiter.isEmpty()) {
        options.delimiter = delimiter.at(0).toLatin1();
    }
    options.timeFormat = m_timeFormat->text().toStdString();
    options.timeZone = zoneName(*m_zone).toStdString();
    options.hasTextIds = m_ids->current() == 1;
    options.isHourly = m_hourly->isChecked();
    options.isUnique = m_unique->isChecked();
    options.isSkipping = m_onFault->current() == 1;
    options.isAppending = m_append->isChecked() && !m_append->isHidden();
    return options;
}

QString ImportForm::output() const {
    return QDir::fromNativeSeparators(m_output->text().trimmed());
}

} // namespace cohortist
