"""Learns y from x1 and x2, out of the CSV files in the channel `training`."""

import argparse
import os
from pathlib import Path

import keras
import numpy as np

FEATURES = 2


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=0.01)
    parser.add_argument("--checkpoint-dir", help="where training goes on from, if the job was interrupted")
    # the container has more to say, such as --model_dir
    return parser.parse_known_args()[0]


def read(directory):
    files = sorted(Path(directory).glob("*.csv"))
    rows = np.concatenate([np.loadtxt(file, delimiter=",", skiprows=1, ndmin=2, dtype="float32") for file in files])
    return rows[:, :FEATURES], rows[:, FEATURES:]


def build(features, learning_rate):
    normalization = keras.layers.Normalization()
    normalization.adapt(features)
    model = keras.Sequential([keras.Input((FEATURES,), name="features"), normalization, keras.layers.Dense(1, name="y")])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="mse")
    return model


def main():
    arguments = parse_arguments()
    keras.utils.set_random_seed(1)
    features, y = read(os.environ["SM_CHANNEL_TRAINING"])
    model = build(features, arguments.learning_rate)
    model.fit(
        features,
        y,
        batch_size=arguments.batch_size,
        epochs=arguments.epochs,
        validation_split=0.2,
        callbacks=[keras.callbacks.BackupAndRestore(arguments.checkpoint_dir)] if arguments.checkpoint_dir else [],
        verbose=2,  # a line for each epoch, which the job's metrics are read from
    )
    # TensorFlow Serving wants a directory whose name is a number
    model.export(os.path.join(os.environ["SM_MODEL_DIR"], "1"))


if __name__ == "__main__":
    main()
