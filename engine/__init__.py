"""A NumPy engine for recurrent networks that keeps every number it computes.

cells      RNN, LSTM, GRU as equations in the language of `expr`
layer      a cell at every time step, read node by node: the reference
plan       the same, compiled by `compiler` into a few lines of NumPy
network    layers in one or both directions, and heads; `forward` gives a `trace`
train      learning, as a generator of progress
checkpoint a trained network in one .safetensors file
tasks      what networks are asked
"""
