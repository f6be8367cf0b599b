"""Weights as ONNX: the file says whose it is, and what it answers is what torch answers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from geobfdt.cli.app import app
from geobfdt.errors import InputError
from geobfdt.formats.provenance import file_digest
from geobfdt.model.checkpoint import Weights, load_weights, save_weights
from geobfdt.model.config import ModelConfig
from geobfdt.model.exporting import exported
from geobfdt.model.network import network_of
from geobfdt.model.onnx_format import texts_of
from geobfdt.prediction.by_onnx import ByOnnx
from geobfdt.prediction.by_torch import ByTorch
from geobfdt.prediction.detect import predict
from geobfdt.prediction.engine import chosen, engine_of, said_of, weights_file
from geobfdt.prediction.parity import Parity
from geobfdt.synthetic.wells import synthetic_well
from geobfdt.synthetic.windows import training_windows
from typer.testing import CliRunner

SMALL = {"width": 8, "channels": 16, "heads": 2, "feed_forward": 16, "encoder_layers": 1, "decoder_layers": 1}
WELL = synthetic_well("well", 6.0, 4)
