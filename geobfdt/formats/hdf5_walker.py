"""A process of its own: ``python hdf5_walker.py FILE FORMAT SECONDS`` reads all that an HDF5 file of that format, as an
attribute of that name gives it, holds, a chunk at a time; nothing of another file.

It ends with any code when the library comes back, and by a signal when it does not, having used so much processor time.
It stands alone, so that it starts in a quarter of a second.
"""

import sys


def walk(path: str, form: str) -> None:
    import h5py

    with h5py.File(path, "r") as file:
        said = file.attrs.get("format")
        if (said.decode("utf-8", "replace") if isinstance(said, bytes) else said) != form:
            return
        ahead, seen = [file], set()
        while ahead:
            item = ahead.pop()
            for name in item.attrs:
                item.attrs[name]
            if isinstance(item, h5py.Dataset):
                if item.is_virtual or item.external:
                    continue
                for chunk in item.iter_chunks() if item.chunks else [()]:
                    item[chunk]
                continue
            for name in item:
                if isinstance(item.get(name, getlink=True), h5py.HardLink):
                    below = item[name]
                    place = h5py.h5o.get_info(below.id).addr
                    if place not in seen:
                        seen.add(place)
                        ahead.append(below)


if __name__ == "__main__":
    try:
        import resource

        seconds = int(float(sys.argv[3])) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except ImportError:  # not on Windows, where the time on the clock has to do
        pass
    walk(sys.argv[1], sys.argv[2])
