// Picks one log as geobfdt does, with onnxruntime and the bundled ONNX file, and prints the picks as CSV:
//
//   pick bundled.onnx well.grid > picks.csv
//
// on_grid.py writes the log; docs/howto/cpp.md says how to build this, and what it leaves out. Lengths are in hole
// radii unless a name ends in _m, angles in radians unless it ends in _deg.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <onnxruntime_cxx_api.h>

#include "beds.hpp"

namespace {

constexpr double pi = 3.14159265358979323846;
constexpr long columns = 180, rows = 384, half = rows / 2;  // of a window, which lie half of one apart
constexpr long pixels = rows * columns, at_once = 16;
constexpr double step = 2 * pi / columns, height = rows * step;
constexpr double faintest = 0.02, least_shown = 0.1, same_trace = 0.2;
constexpr float half_known = 0.4999f;

// A log at the depths of its windows' grid: rows x columns from the grid's row first on, which counts from depth 0.
struct Log {
    long rows, columns, first;
    double radius_m, first_azimuth_deg, top_m, base_m;  // top and base are the edges of its first and last row
    std::vector<float> known, sum;                      // what share of each pixel was seen, and value times that share
};

// What the network found: z0 + a cos(azimuth) + b sin(azimuth), with the errors to be expected of depth and dip vector.
struct Plane {
    double z0, a, b, score;
    int kind;  // 0 fracture, 1 bedding
    long window;
    std::array<double, 3> spread;
};

Log read_log(const char* path) {
    std::ifstream file(path, std::ios::binary);
    Log log;
    file >> log.rows >> log.columns >> log.first >> log.radius_m >> log.first_azimuth_deg >> log.top_m >> log.base_m;
    file.ignore(1);  // the end of the line
    if (!file || log.rows < rows) throw std::runtime_error(std::string(path) + ": no log that on_grid.py wrote");
    for (std::vector<float>* part : {&log.known, &log.sum}) {
        part->resize(log.rows * log.columns);
        file.read(reinterpret_cast<char*>(part->data()), part->size() * sizeof(float));
    }
    if (!file) throw std::runtime_error(std::string(path) + ": the file is shorter than it says; write it again");
    return log;
}

// The column of a log that its window from a row on begins with: where its first harmonic peaks, deeper rows counting
// more. What is found in a log that is turned turns with it.
long first_column(const Log& log, long top) {
    const float *known = &log.known[top * log.columns], *sum = &log.sum[top * log.columns];
    double total = 0, seen = 0, cosine = 0, sine = 0;
    for (long i = 0; i < rows * log.columns; ++i)
        if (known[i] > half_known) total += sum[i] / known[i], seen += 1;
    for (long i = 0; i < rows * log.columns; ++i) {
        if (known[i] <= half_known) continue;
        const double value = (1 + double(i / log.columns) / (rows - 1)) * (sum[i] / known[i] - total / seen);
        cosine += value * std::cos(2 * pi * (i % log.columns) / log.columns);
        sine += value * std::sin(2 * pi * (i % log.columns) / log.columns);
    }
    const long column = std::lrint(std::atan2(sine, cosine) / (2 * pi) * log.columns);
    return (column + log.columns) % log.columns;
}

// Which of a log's columns each of a window's covers, and by what share: by area where there are more, else linearly.
std::vector<std::vector<std::pair<long, float>>> columns_of(long of_log) {
    std::vector<std::vector<std::pair<long, float>>> shares(columns);
    for (long k = 0; k < columns; ++k) {
        const double left = double(k) * of_log / columns, right = double(k + 1) * of_log / columns;
        if (of_log > columns) {
            for (long i = long(left); i < right; ++i)
                shares[k].emplace_back(i, (std::min(i + 1.0, right) - std::max(double(i), left)) * columns / of_log);
        } else {
            const double place = (left + right) / 2 - 0.5, whole = std::floor(place);
            shares[k].emplace_back((long(whole) + of_log) % of_log, 1 - (place - whole));
            shares[k].emplace_back((long(whole) + 1) % of_log, place - whole);
        }
    }
    return shares;
}

// A window from a row and a column of a log on, as the network takes it: image, 0 where little was seen, and 1 or 0.
void cut(const Log& log, long top, long turn, float* window) {
    const auto shares = columns_of(log.columns);
    for (long i = 0; i < pixels; ++i) {
        float known = 0, sum = 0;
        for (const auto& [column, share] : shares[i % columns]) {
            const long place = (top + i / columns) * log.columns + (column + turn) % log.columns;
            known += share * log.known[place];
            sum += share * log.sum[place];
        }
        window[i] = known > half_known ? sum / known : 0;
        window[pixels + i] = known > half_known ? 1 : 0;
    }
}

// Share of the columns at which a trace passes over pixels that were seen.
double share_shown(const float* sinusoid, const float* seen) {
    int shown = 0;
    for (long column = 0; column < columns; ++column) {
        const double azimuth = (column + 0.5) * step;
        const double z = sinusoid[0] + sinusoid[1] * std::cos(azimuth) + sinusoid[2] * std::sin(azimuth);
        const double row = std::nearbyint(z / step + (rows - 1) / 2.0);
        if (row >= 0 && row < rows && seen[long(row) * columns + column] > 0) ++shown;
    }
    return double(shown) / columns;
}

// What the network finds in count windows from one on, each plane in the window that owns its depth: the nearest.
void find(Ort::Session& network, const Log& log, long one, long count, std::vector<Plane>& found) {
    const long last = (log.rows - rows) / half;
    std::vector<float> windows(count * 2 * pixels);
    std::vector<long> turns(count);
    for (long k = 0; k < count; ++k) {
        turns[k] = first_column(log, (one + k) * half);
        cut(log, (one + k) * half, turns[k], &windows[k * 2 * pixels]);
    }
    const std::array<int64_t, 4> shape{count, 2, rows, columns};
    const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    const auto input =
        Ort::Value::CreateTensor<float>(memory, windows.data(), windows.size(), shape.data(), shape.size());
    const char *inputs[] = {"windows"}, *outputs[] = {"sinusoids", "scores", "spread"};
    const auto said = network.Run(Ort::RunOptions{}, inputs, &input, 1, outputs, 3);
    const long queries = said[0].GetTensorTypeAndShapeInfo().GetShape()[1];
    for (long i = 0; i < count * queries; ++i) {
        const float* plane = said[0].GetTensorData<float>() + 3 * i;
        const float* score = said[1].GetTensorData<float>() + 2 * i;
        const float* spread = said[2].GetTensorData<float>() + 3 * i;
        const long k = i / queries, window = one + k, centre = log.first + window * half + half;
        const int kind = score[1] > score[0];
        if (score[kind] <= faintest || share_shown(plane, &windows[(2 * k + 1) * pixels]) <= least_shown) continue;
        const double z0 = plane[0] + centre * step, turn = turns[k] * 2 * pi / log.columns;
        if (window > 0 && z0 < (centre - half / 2) * step) continue;
        if (window < last && z0 >= (centre + half / 2) * step) continue;
        found.push_back({z0, plane[1] * std::cos(turn) - plane[2] * std::sin(turn),
                         plane[1] * std::sin(turn) + plane[2] * std::cos(turn), score[kind], kind, window,
                         {spread[0], spread[1], spread[2]}});
    }
}

// How far apart two traces are, on average around the hole and across them.
double apart(const Plane& one, const Plane& other) {
    const double gap = std::abs(one.z0 - other.z0), swing = std::hypot(one.a - other.a, one.b - other.b);
    const double slope = std::hypot((one.a + other.a) / 2, (one.b + other.b) / 2);
    double mean = gap;
    if (gap < swing) mean = 2 / pi * (std::sqrt(swing * swing - gap * gap) + gap * std::asin(gap / swing));
    return mean / std::hypot(1, slope);
}

// Of planes that were found twice, in a window or by two neighbours, the surest, with the mean weighted by score.
std::vector<Plane> merged(std::vector<Plane> planes) {
    const auto above = [](const Plane& one, const Plane& other) { return one.z0 < other.z0; };
    std::stable_sort(planes.begin(), planes.end(), above);
    std::vector<std::pair<size_t, size_t>> same;  // the surer one first
    for (size_t i = 0; i < planes.size(); ++i)
        for (size_t j = i + 1; j < planes.size() && planes[j].z0 - planes[i].z0 <= height / 8; ++j) {
            const Plane &one = planes[i], &other = planes[j];
            if (std::abs(one.window - other.window) > 1 || apart(one, other) >= same_trace) continue;
            same.push_back(one.score >= other.score ? std::pair(i, j) : std::pair(j, i));
        }
    std::stable_sort(same.begin(), same.end(),
                     [&](auto one, auto other) { return planes[one.first].score > planes[other.first].score; });
    std::vector<Plane> means = planes, once;
    std::vector<double> weight;
    for (const Plane& plane : planes) weight.push_back(plane.score);
    std::vector<bool> kept(planes.size(), true);
    for (const auto& [sure, other] : same) {
        if (!kept[sure] || !kept[other]) continue;
        kept[other] = false;
        const Plane& one = planes[other];
        Plane& mean = means[sure];
        const double share = one.score / (weight[sure] += one.score);
        mean.z0 += share * (one.z0 - mean.z0), mean.a += share * (one.a - mean.a), mean.b += share * (one.b - mean.b);
    }
    for (size_t i = 0; i < means.size(); ++i)
        if (kept[i]) once.push_back(means[i]);
    return once;
}

// The planes inside the log as picks, by depth.
std::vector<Pick> picks_of(const std::vector<Plane>& planes, const Log& log) {
    std::vector<Pick> picks;
    for (const Plane& plane : planes) {
        const double depth_m = plane.z0 * log.radius_m;
        if (depth_m < log.top_m || depth_m > log.base_m) continue;
        const double dip_deg = std::atan(std::hypot(plane.a, plane.b)) * 180 / pi;
        double azimuth_deg = std::fmod(std::atan2(plane.b, plane.a) * 180 / pi + log.first_azimuth_deg, 360);
        if (azimuth_deg < 0) azimuth_deg += 360;
        // The errors are means of absolute values, of Laplace's law.
        const double along_deg = std::sqrt(2) * 90 * plane.spread[1], across_deg = std::sqrt(2) * 90 * plane.spread[2];
        const double azimuth_sd_deg = std::min(across_deg / std::max(dip_deg, 1e-9) * 180 / pi, 360 / std::sqrt(12));
        picks.push_back({depth_m, dip_deg, azimuth_deg, along_deg, azimuth_sd_deg, plane.score, plane.kind == 1});
    }
    std::stable_sort(picks.begin(), picks.end(),
                     [](const Pick& one, const Pick& other) { return one.depth_m < other.depth_m; });
    return picks;
}

// What an ONNX file says of itself under a name, or nothing.
std::string told(const Ort::Session& network, const char* name) {
    Ort::AllocatorWithDefaultOptions allocator;
    const auto text = network.GetModelMetadata().LookupCustomMetadataMapAllocated(name, allocator);
    return text ? text.get() : "";
}

void pick(const char* onnx, const char* path) {
    Ort::Env environment;
    Ort::Session network(environment, onnx, Ort::SessionOptions{});
    const std::string model = told(network, "model");
    for (const char* asked :
         {"\"head\":\"planes\"", "\"image\":\"window\"", "\"window\":\"radii\"", "\"decoder\":\"curve\""})
        if (model.find(asked) == std::string::npos)
            throw std::runtime_error(std::string(onnx) + ": this example is for weights like the bundled ones alone");
    const double threshold = std::stod(told(network, "threshold"));
    const Log log = read_log(path);
    std::vector<Plane> found;
    for (long one = 0, count = (log.rows - rows) / half + 1; one < count; one += at_once)
        find(network, log, one, std::min(at_once, count - one), found);
    std::vector<Pick> picks = picks_of(merged(found), log);
    see_beds_together(picks);
    std::puts("depth_m,dip_deg,azimuth_deg,kind,confidence");
    for (const Pick& one : picks)
        if (one.confidence >= threshold)
            std::printf("%.5f,%.4f,%.4f,%s,%.4f\n", one.depth_m, one.dip_deg, one.azimuth_deg,
                        one.bed ? "bedding" : "fracture", one.confidence);
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) return std::fputs("usage: pick MODEL.onnx LOG.grid\n", stderr), 2;
    try {
        pick(arguments[1], arguments[2]);
    } catch (const std::exception& error) {
        return std::fprintf(stderr, "pick: %s\n", error.what()), 2;
    }
    return 0;
}
