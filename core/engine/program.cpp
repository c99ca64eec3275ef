// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/program.h"

#include <algorithm>
#include <utility>

#include "core/engine/block_builder.h"

namespace cohortist {

namespace {

class Compiler {
public:
    Compiler(const Question& question, const JobContext& job)
        : m_question(question)
        , m_job(job)
        , m_nodes(question.plan.nodes())
        , m_stepOf(m_nodes.size(), kNone) {}

    Program run() {
        for (const auto part :
             {&Compiler::addSteps, &Compiler::numberInputs, &Compiler::addSinks,
              &Compiler::addHistograms, &Compiler::addIntersections, &Compiler::assignRegisters}) {
            if (m_job.isCancelled()) {
                break;
            }
            (this->*part)();
        }
        return std::move(m_program);
    }

private:
    [[nodiscard]] std::vector<bool> neededNodes() const {
        std::vector<bool> isNeeded(m_nodes.size());
        const auto need = [&](const std::vector<NodeId>& nodes) {
            for (const NodeId id : nodes) {
                isNeeded[id] = true;
            }
        };
        need(m_question.counts);
        need(m_question.sets);
        for (const auto& pair : m_question.intersections) {
            isNeeded[pair.a] = true;
            isNeeded[pair.b] = true;
        }
        for (const auto& sets : m_question.histograms) {
            need(sets);
        }
        for (std::size_t id = m_nodes.size(); id-- > 0;) {
            if (isNeeded[id]) {
                need(m_nodes[id].operands);
            }
        }
        return isNeeded;
    }

    static std::uint32_t at(std::size_t i) { return static_cast<std::uint32_t>(i); }
    Step& stepOf(NodeId id) { return m_program.steps[m_stepOf[id]]; }

    void addSteps() {
        const std::vector<bool> isNeeded = neededNodes();
        m_program.steps.reserve(
            static_cast<std::size_t>(std::count(isNeeded.begin(), isNeeded.end(), true)));
        for (NodeId id = 0; id < isNeeded.size() && !m_job.isCancelled(); ++id) {
            if (isNeeded[id]) {
                addStep(id);
            }
        }
    }

    void addStep(NodeId id) {
        const SetNode& node = m_nodes[id];
        m_stepOf[id] = at(m_program.steps.size());
        Step& step = m_program.steps.emplace_back();
        step.node = &node;
        for (const NodeId operand : node.operands) {
            step.operands.push_back(m_stepOf[operand]);
        }
    }

    // Keys come first, as they are what run() is handed.
    void numberInputs() {
        const auto number = [this](SetNode::Op op) {
            for (std::size_t i = 0; i < m_program.steps.size(); ++i) {
                if (m_program.steps[i].node->op == op) {
                    m_program.steps[i].input = at(m_program.inputs.size());
                    m_program.inputs.push_back(at(i));
                }
            }
        };
        number(SetNode::Op::Key);
        for (const std::uint32_t step : m_program.inputs) {
            m_program.keys.push_back(m_program.steps[step].node->key);
        }
        number(SetNode::Op::Constant);
        for (std::size_t i = m_program.keys.size(); i < m_program.inputs.size(); ++i) {
            m_program.constants.push_back(m_program.steps[m_program.inputs[i]].node->constant);
        }
        for (std::size_t i = 0; i < m_program.steps.size(); ++i) {
            if (!m_program.steps[i].isInput()) {
                m_program.operations.push_back(at(i));
            }
        }
    }

    void addSinks() {
        for (std::size_t i = 0; i < m_question.counts.size(); ++i) {
            stepOf(m_question.counts[i]).counts.push_back(at(i));
        }
        for (std::size_t i = 0; i < m_question.sets.size(); ++i) {
            stepOf(m_question.sets[i]).sets.push_back(at(i));
        }
    }

    void addHistograms() {
        std::vector<Histogram>& histograms = m_program.histograms;
        for (std::size_t i = 0; i < m_question.histograms.size(); ++i) {
            Histogram histogram;
            histogram.position = at(i);
            for (const NodeId id : m_question.histograms[i]) {
                histogram.steps.push_back(m_stepOf[id]);
                histogram.lastStep = std::max(histogram.lastStep, m_stepOf[id]);
            }
            histograms.push_back(std::move(histogram));
        }
        std::stable_sort(
            histograms.begin(), histograms.end(),
            [](const Histogram& a, const Histogram& b) { return a.lastStep < b.lastStep; });
    }

    // Of each pair the later step is the column.
    void addIntersections() {
        std::vector<BlockBuilder::Cell> cells;
        cells.reserve(m_question.intersections.size());
        for (std::size_t i = 0; i < m_question.intersections.size(); ++i) {
            const auto& pair = m_question.intersections[i];
            const auto [row, column] = std::minmax(m_stepOf[pair.a], m_stepOf[pair.b]);
            if (row == column) {
                m_program.steps[row].selves.push_back(at(i));
            } else {
                cells.push_back({column, row, at(i)});
            }
        }
        BlockBuilder(m_program).build(cells, m_job);
    }

    // By step: the last one at which its value is looked at.
    [[nodiscard]] std::vector<std::uint32_t> lastUses() const {
        std::vector<std::uint32_t> last(m_program.steps.size());
        for (std::uint32_t i = 0; i < last.size(); ++i) {
            last[i] = i;
            for (const std::uint32_t operand : m_program.steps[i].operands) {
                last[operand] = i;
            }
        }
        const auto use = [&](std::uint32_t step, std::uint32_t when) {
            last[step] = std::max(last[step], when);
        };
        for (const Histogram& histogram : m_program.histograms) {
            for (const std::uint32_t step : histogram.steps) {
                use(step, histogram.lastStep);
            }
        }
        for (const Block& block : m_program.blocks) {
            for (const std::uint32_t column : block.columns) {
                use(column, block.lastStep());
            }
            for (const Block::Row& row : block.rows) {
                use(row.step, block.lastStep());
            }
        }
        return last;
    }

    void assignRegisters() {
        std::vector<Step>& steps = m_program.steps;
        const std::vector<std::uint32_t> last = lastUses();
        // By step: those whose last use it is, as a chain from the first of them on.
        std::vector<std::uint32_t> dying(steps.size(), kNone);
        std::vector<std::uint32_t> next(steps.size(), kNone);
        for (std::uint32_t i = at(steps.size()); i-- > 0;) {
            next[i] = std::exchange(dying[last[i]], i);
        }
        std::vector<std::uint32_t> free;
        for (std::uint32_t i = 0; i < steps.size(); ++i) {
            if (free.empty()) {
                free.push_back(m_program.registers++);
            }
            steps[i].target = free.back();
            free.pop_back();
            for (std::uint32_t dead = dying[i]; dead != kNone; dead = next[dead]) {
                free.push_back(steps[dead].target);
            }
        }
    }

    const Question& m_question;
    const JobContext& m_job;
    std::span<const SetNode> m_nodes;
    std::vector<std::uint32_t> m_stepOf; // by node
    Program m_program;
};

} // namespace

Program compile(const Question& question, const JobContext& job) {
    return Compiler(question, job).run();
}

} // namespace cohortist
