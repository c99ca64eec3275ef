// SPDX-License-Identifier: GPL-3.0-or-later
// Random questions for the engine, with what each node must hold as a std::set. Nodes are made
// through SetPlan, so its simplifications are held against the definitions too.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/engine/walk.h"
#include "tests/support/naive_source.h"

namespace cohortist::test {

struct RandomProgram {
    Question question;
    std::map<BitmapKey, Users> stored;
    std::vector<Users> values; // by NodeId
    std::string contradiction; // one node for two different sets: what SetPlan got wrong

    // Exactly what the definitions give, but for the chunks walked.
    [[nodiscard]] Answer answer() const;
    // In how many chunks an answer may find ids, by the lists of chunks alone.
    [[nodiscard]] std::uint64_t chunksToWalk() const;
    // The keys' sets in one of the forms that stores deliver.
    [[nodiscard]] std::map<BitmapKey, Bitmap> bitmaps(std::mt19937_64& random) const;
};

[[nodiscard]] RandomProgram randomProgram(std::mt19937_64& random);
// A table with many rows and columns, some cells of which are missing or asked for twice.
[[nodiscard]] RandomProgram randomTable(std::mt19937_64& random);
// The same set in another form: canonical, read from a file, or every chunk a bitset.
[[nodiscard]] Bitmap inRandomForm(std::mt19937_64& random, const Users& users);
// Names the first part in which two answers differ; empty when they agree.
[[nodiscard]] std::string difference(const Answer& actual, const Answer& expected);

} // namespace cohortist::test
