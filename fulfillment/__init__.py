"""The floor: waves, pick tasks, packing, dispatch; everything between a promise and a parcel."""
