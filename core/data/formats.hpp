/// The file formats that a dataset's folder may hold: one reader each.
///
/// A reader fills the two parts, and `classes` and `class_names` where the files tell them. It
/// checks what it can say about single files; what holds for every format (labels without gaps,
/// equal shapes) is checked by `load_dataset`. Readers throw Error(data) that names the file.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"

namespace nas {

struct DatasetFormat {
  const char* name;   ///< "idx"
  const char* files;  ///< the files that it looks for, for messages
  /// Is there a file in the folder by which the format is known?
  bool (*recognises)(const std::filesystem::path& folder);
  Dataset (*read)(const std::filesystem::path& folder);
};

/// In the order in which they are tried.
std::span<const DatasetFormat> dataset_formats();
/// The formats of which there are files in the folder. Image folders count only where nothing else
/// does, since any of the others may lie beside folders of pictures.
std::vector<const DatasetFormat*> formats_in(const std::filesystem::path& folder);

/// MNIST's format (http://yann.lecun.com/exdb/mnist), plain or gzip: {train,t10k}-images-idx3-ubyte
/// and {train,t10k}-labels-idx1-ubyte, also with "." before "idx" and "test" for "t10k". Bytes
/// only; three dimensions are N x H x W, four (idx4) N x C x H x W.
bool has_idx_files(const std::filesystem::path& folder);
Dataset read_idx(const std::filesystem::path& folder);

/// CIFAR-10's binary version (https://www.cs.toronto.edu/~kriz/cifar.html): data_batch_1.bin to
/// data_batch_5.bin, as many as there are, test_batch.bin, and class names from batches.meta.txt.
bool has_cifar10_files(const std::filesystem::path& folder);
Dataset read_cifar10(const std::filesystem::path& folder);

/// NumPy arrays x_train.npy, y_train.npy, x_test.npy, y_test.npy, also spelled train_images,
/// train_labels, test_images, test_labels. Images are N x H x W or N x C x H x W of bytes or
/// little-endian floats (taken as they are), labels are N or N x 1 integers.
bool has_npy_files(const std::filesystem::path& folder);
Dataset read_npy(const std::filesystem::path& folder);

/// Pictures (PNG, JPEG) in train/<class>/ and test/<class>/, or in <class>/ alone: then every fifth
/// picture of each class, by name, is a test picture. Classes are numbered by name. All are RGB if
/// one of them is, by its header, else grey. All must have one size.
bool has_image_folders(const std::filesystem::path& folder);
Dataset read_image_folders(const std::filesystem::path& folder);

}  // namespace nas
