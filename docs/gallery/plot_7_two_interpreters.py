"""
7. Two interpreters
===================

Nobody's picks are the truth. Two interpreters are drawn who pick one log, each in his own way; what they have in common
is told, and what a second interpreter's score would be at best.
"""

from matplotlib.figure import Figure

from geobfdt import predict, score, synthetic_well
from geobfdt.eval.agreement import agreement
from geobfdt.eval.ceiling import ceiling, ceiling_text
from geobfdt.synthetic.interpreters import Interpreter

# %%
# The same log, two tables
# ------------------------
# One places planes a centimetre off and misses one in ten. The other picks all of them two centimetres too deep, and
# misses three in ten, the faint ones first.

careful = Interpreter(depth_sd_m=0.01, dip_sd_deg=2.0, azimuth_sd_deg=5.0, missed=0.1)
hasty = Interpreter(depth_sd_m=0.015, dip_sd_deg=4.0, azimuth_sd_deg=10.0, depth_bias_m=0.02, missed=0.3)
drawn = {"tool": "slim_microresistivity", "seed": 17}
one = synthetic_well("log", 8.0, interpreter=careful, **drawn)
other = synthetic_well("log", 8.0, interpreter=hasty, **drawn)
print(f"{len(one.picks)} and {len(other.picks)} picks of one image")

# %%
# What they have in common
# ------------------------
# A constant offset is found and told apart from scatter, the naming of kinds from both. ``geobfdt score --agreement``
# writes the same.

found = agreement(one.picks, other.picks, hole_diameter_m=one.log.hole_diameter_m)
print(found.to_text("careful", "hasty"))

# %%
# geobfdt against each, and the ceiling
# -------------------------------------
# The same picks score differently against the two, and neither score is the share of planes that they got right. The
# ceiling is what a second interpreter would score who shares 70 to 80 % of the first one's planes: an assumption.

picks = predict(one.log)
for name, table in (("careful", one.picks), ("hasty", other.picks)):
    line = score(table, picks, hole_diameter_m=one.log.hole_diameter_m).get("all", "joint", 0.08)
    print(
        f"against {name:7} joint F1 at 8 cm {line.counts.f1:.2f}, chance {line.chance.f1:.2f}, skill {line.skill:.2f}"
    )
print(ceiling_text(ceiling(one.picks, hole_diameter_m=one.log.hole_diameter_m)))

# %%
# Depths side by side
# -------------------

figure = Figure(figsize=(7.5, 5.5), layout="constrained")
axis = figure.subplots()
for place, (name, table) in enumerate({"careful": one.picks, "hasty": other.picks, "geobfdt": picks}.items()):
    shown = table[table.depth_m < 1003]
    axis.hlines(shown.depth_m, place - 0.4, place + 0.4, color="#0033cc", linewidth=1.2)
    axis.text(place, 999.93, f"{name}, {len(table)} in all", ha="center", fontsize=9)
axis.set(ylim=(1003, 999.85), xlim=(-0.6, 2.6), xticks=[], ylabel="depth (m)")
axis.ticklabel_format(axis="y", useOffset=False)
figure
