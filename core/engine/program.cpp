// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/program.h"

#include <algorithm>

namespace cohortist {

namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

class Compiler {
public:
    explicit Compiler(const Question& question)
        : m_question(question)
        , m_nodes(question.plan.nodes())
        , m_lastUse(m_nodes.size(), kNone)
        , m_register(m_nodes.size(), kNone) {}

    Program run() {
        findUses();
        for (NodeId id = 0; id < m_nodes.size(); ++id) {
            if (m_lastUse[id] != kNone) {
                addStep(id);
            }
        }
        addSinks();
        assignRegisters();
        return std::move(m_program);
    }

private:
    // The time of a use is the node at which it happens.
    void use(NodeId id, NodeId when) {
        m_lastUse[id] = m_lastUse[id] == kNone ? when : std::max(m_lastUse[id], when);
    }

    void findUses() {
        for (const NodeId id : m_question.counts) {
            use(id, id);
        }
        for (const NodeId id : m_question.sets) {
            use(id, id);
        }
        for (const auto& pair : m_question.intersections) {
            use(pair.a, std::max(pair.a, pair.b));
            use(pair.b, std::max(pair.a, pair.b));
        }
        for (const auto& sets : m_question.histograms) {
            const NodeId last = latest(sets);
            for (const NodeId id : sets) {
                use(id, last);
            }
            m_program.widestBetween = std::max(m_program.widestBetween, sets.size());
        }
        for (auto id = static_cast<NodeId>(m_nodes.size()); id-- > 0;) {
            if (m_lastUse[id] == kNone) {
                continue;
            }
            for (const NodeId operand : m_nodes[id].operands) {
                use(operand, id);
            }
        }
    }

    static NodeId latest(const std::vector<NodeId>& sets) {
        return sets.empty() ? 0 : *std::max_element(sets.begin(), sets.end());
    }

    void addStep(NodeId id) {
        const SetNode& node = m_nodes[id];
        Step step;
        step.node = id;
        if (node.op == SetNode::Op::Key) {
            step.input = static_cast<std::uint32_t>(m_program.keys.size());
            m_program.keys.push_back(node.key);
        } else if (node.op == SetNode::Op::Constant) {
            step.input = static_cast<std::uint32_t>(m_program.constants.size());
            m_program.constants.push_back(node.constant);
        } else if (node.op == SetNode::Op::Between) {
            m_program.widestBetween = std::max(m_program.widestBetween, node.operands.size());
        }
        m_stepOf.resize(m_nodes.size(), kNone);
        m_stepOf[id] = static_cast<std::uint32_t>(m_program.steps.size());
        m_program.steps.push_back(std::move(step));
    }

    Step& stepOf(NodeId id) { return m_program.steps[m_stepOf[id]]; }

    // Operands and sinks hold nodes until registers are known.
    void addSinks() {
        const auto at = [](std::size_t i) { return static_cast<std::uint32_t>(i); };
        for (std::size_t i = 0; i < m_question.counts.size(); ++i) {
            stepOf(m_question.counts[i]).counts.push_back(at(i));
        }
        for (std::size_t i = 0; i < m_question.sets.size(); ++i) {
            stepOf(m_question.sets[i]).sets.push_back(at(i));
        }
        for (std::size_t i = 0; i < m_question.intersections.size(); ++i) {
            const auto& pair = m_question.intersections[i];
            stepOf(std::max(pair.a, pair.b)).intersections.push_back({pair.a, pair.b, at(i)});
        }
        for (std::size_t i = 0; i < m_question.histograms.size(); ++i) {
            const auto& sets = m_question.histograms[i];
            if (!sets.empty()) {
                stepOf(latest(sets)).histograms.push_back({sets, at(i)});
            }
        }
        for (Step& step : m_program.steps) {
            if (m_nodes[step.node].op == SetNode::Op::Constant) {
                step.input += static_cast<std::uint32_t>(m_program.keys.size());
            }
        }
    }

    void assignRegisters() {
        std::vector<std::vector<NodeId>> dyingAt(m_nodes.size());
        for (const Step& step : m_program.steps) {
            dyingAt[m_lastUse[step.node]].push_back(step.node);
        }
        std::vector<std::uint32_t> free;
        for (Step& step : m_program.steps) {
            if (free.empty()) {
                free.push_back(m_program.registers++);
            }
            step.target = m_register[step.node] = free.back();
            free.pop_back();
            for (const NodeId operand : m_nodes[step.node].operands) {
                step.operands.push_back(m_register[operand]);
            }
            for (auto& pair : step.intersections) {
                pair.a = m_register[pair.a];
                pair.b = m_register[pair.b];
            }
            for (auto& bins : step.histograms) {
                for (std::uint32_t& set : bins.registers) {
                    set = m_register[set];
                }
            }
            for (const NodeId dead : dyingAt[step.node]) {
                free.push_back(m_register[dead]);
            }
        }
    }

    const Question& m_question;
    std::span<const SetNode> m_nodes;
    std::vector<NodeId> m_lastUse;
    std::vector<std::uint32_t> m_register;
    std::vector<std::uint32_t> m_stepOf;
    Program m_program;
};

} // namespace

Program compile(const Question& question) {
    return Compiler(question).run();
}

} // namespace cohortist
