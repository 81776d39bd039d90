"""Writes numpy-arrays.json: small .npy files of NumPy itself, in base64. Run in this folder: python3 numpy-arrays.py"""
import base64
import io
import json

import numpy

values = numpy.arange(2 * 3 * 5) / 4 - 3
arrays = {
    "float32": values.reshape(5, 6).astype("<f4"),
    "float64": values.reshape(30),
    "float64 in Fortran order": numpy.asfortranarray(values.reshape(2, 3, 5)),
    "float32 in Fortran order": numpy.asfortranarray(values.reshape(3, 10).astype("<f4")),
}


def encoded(array):
    file = io.BytesIO()
    numpy.save(file, array)
    return base64.b64encode(file.getvalue()).decode()


files = {name: {"shape": array.shape, "file": encoded(array)} for name, array in arrays.items()}
with open("numpy-arrays.json", "w") as file:
    json.dump({"numpy": numpy.__version__, "values": values.tolist(), "files": files}, file, indent=1)
    file.write("\n")
