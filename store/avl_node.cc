#include "store/avl_node.h"

#include <algorithm>
#include <cassert>

#include "store/base/check.h"

namespace kv::store {
namespace {

int Height(const AvlNode* node) { return node == nullptr ? 0 : node->height; }

int Balance(const AvlNode* node) {
  return Height(node->left) - Height(node->right);
}

void UpdateHeight(AvlNode* node) {
  node->height = 1 + std::max(Height(node->left), Height(node->right));
}

// Lets `fresh`, which may be null, stand where `old` stood under its parent.
void ReplaceChild(AvlNode** root, AvlNode* old, AvlNode* fresh) {
  AvlNode* parent = old->parent;
  if (parent == nullptr) {
    *root = fresh;
  } else if (parent->left == old) {
    parent->left = fresh;
  } else {
    parent->right = fresh;
  }
  if (fresh != nullptr) fresh->parent = parent;
}

AvlNode* RotateLeft(AvlNode** root, AvlNode* node) {
  AvlNode* top = node->right;
  ReplaceChild(root, node, top);
  node->right = top->left;
  if (node->right != nullptr) node->right->parent = node;
  top->left = node;
  node->parent = top;
  top->left_count += node->left_count + node->size;
  UpdateHeight(node);
  UpdateHeight(top);
  return top;
}

AvlNode* RotateRight(AvlNode** root, AvlNode* node) {
  AvlNode* top = node->left;
  ReplaceChild(root, node, top);
  node->left = top->right;
  if (node->left != nullptr) node->left->parent = node;
  top->right = node;
  node->parent = top;
  node->left_count -= top->left_count + top->size;
  UpdateHeight(node);
  UpdateHeight(top);
  return top;
}

// Restores the heights and the balance from `node` upwards, as far as the
// change of a child's height reaches.
void Rebalance(AvlNode** root, AvlNode* node) {
  while (node != nullptr) {
    const int height = node->height;
    const int balance = Balance(node);
    if (balance > 1) {
      if (Balance(node->left) < 0) RotateLeft(root, node->left);
      node = RotateRight(root, node);
    } else if (balance < -1) {
      if (Balance(node->right) > 0) RotateRight(root, node->right);
      node = RotateLeft(root, node);
    } else {
      UpdateHeight(node);
    }
    if (node->height == height) return;
    node = node->parent;
  }
}

void LinkLeaf(AvlNode** root, AvlNode* parent, AvlNode** child,
              AvlNode* fresh) {
  *child = fresh;
  fresh->parent = parent;
  AvlCount(fresh, fresh->size);
  Rebalance(root, parent);
}

// Its depth is the tree's height, hence recursion is fine here.
size_t CheckSubtree(const AvlNode* node) {
  if (node == nullptr) return 0;
  const size_t left = CheckSubtree(node->left);
  const size_t right = CheckSubtree(node->right);
  for (const AvlNode* child : {node->left, node->right}) {
    FASTKV_CHECK(child == nullptr || child->parent == node, "parent link");
  }
  FASTKV_CHECK(
      node->height == 1 + std::max(Height(node->left), Height(node->right)),
      "height");
  FASTKV_CHECK(std::abs(Balance(node)) <= 1, "balance");
  FASTKV_CHECK(node->left_count == left, "left count");
  FASTKV_CHECK(node->size > 0, "empty node");
  return left + node->size + right;
}

}  // namespace

AvlNode* AvlFirst(AvlNode* root) {
  if (root == nullptr) return nullptr;
  while (root->left != nullptr) root = root->left;
  return root;
}

AvlNode* AvlLast(AvlNode* root) {
  if (root == nullptr) return nullptr;
  while (root->right != nullptr) root = root->right;
  return root;
}

AvlNode* AvlNext(AvlNode* node) {
  if (node->right != nullptr) return AvlFirst(node->right);
  while (node->parent != nullptr && node->parent->right == node) {
    node = node->parent;
  }
  return node->parent;
}

AvlNode* AvlPrevious(AvlNode* node) {
  if (node->left != nullptr) return AvlLast(node->left);
  while (node->parent != nullptr && node->parent->left == node) {
    node = node->parent;
  }
  return node->parent;
}

void AvlLinkAfter(AvlNode** root, AvlNode* node, AvlNode* fresh) {
  if (node->right == nullptr) {
    LinkLeaf(root, node, &node->right, fresh);
  } else {
    AvlNode* next = AvlFirst(node->right);
    LinkLeaf(root, next, &next->left, fresh);
  }
}

void AvlLinkBefore(AvlNode** root, AvlNode* node, AvlNode* fresh) {
  if (node->left == nullptr) {
    LinkLeaf(root, node, &node->left, fresh);
  } else {
    AvlNode* previous = AvlLast(node->left);
    LinkLeaf(root, previous, &previous->right, fresh);
  }
}

void AvlUnlink(AvlNode** root, AvlNode* node) {
  assert(node->size == 0);
  assert(node->left == nullptr || node->right == nullptr);
  ReplaceChild(root, node, node->left != nullptr ? node->left : node->right);
  Rebalance(root, node->parent);
}

size_t AvlCheckInvariants(const AvlNode* root) {
  FASTKV_CHECK(root == nullptr || root->parent == nullptr, "root's parent");
  return CheckSubtree(root);
}

}  // namespace kv::store
