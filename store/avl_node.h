#ifndef FASTKV_STORE_AVL_NODE_H_
#define FASTKV_STORE_AVL_NODE_H_

#include <cstddef>
#include <cstdint>

namespace kv::store {

// AvlNode: the links of a node of an order-statistics AVL tree, and the code
// that keeps such a tree balanced and counted. It knows nothing of what a node
// holds except how many items; AvlTree adds the items.
//
// Threads    compatible.
// Invariant  (1) height = 1 + the higher child's; the children's heights differ
//            by at most one; (2) left_count = the items in the left subtree;
//            (3) a child's parent is the node.
// Cost       O(log n) each; no recursion, no allocation.
//
// Why left_count and not the count of the whole subtree: a search that counts
// what it passes then reads only the nodes on its path, not their siblings.
struct AvlNode {
  AvlNode* left = nullptr;
  AvlNode* right = nullptr;
  AvlNode* parent = nullptr;
  size_t left_count = 0;
  uint8_t height = 1;  // an AVL tree of 2^64 nodes has less than 93 levels
  uint8_t size = 0;    // items in this node
};

// The outermost nodes of the tree under `root`; null if it is empty.
AvlNode* AvlFirst(AvlNode* root);
AvlNode* AvlLast(AvlNode* root);

// The neighbours of `node` in order; null beyond the ends.
AvlNode* AvlNext(AvlNode* node);
AvlNode* AvlPrevious(AvlNode* node);

// Counts `delta` items that were added to `node` itself. The caller sets
// node->size.
inline void AvlCount(AvlNode* node, ptrdiff_t delta) {
  for (AvlNode* parent = node->parent; parent != nullptr;
       node = parent, parent = node->parent) {
    if (parent->left == node) parent->left_count += delta;
  }
}

// Puts `fresh`, whose items are counted in, right behind or before `node`.
void AvlLinkAfter(AvlNode** root, AvlNode* node, AvlNode* fresh);
void AvlLinkBefore(AvlNode** root, AvlNode* node, AvlNode* fresh);

// Takes `node` out of the tree.
// REQUIRES: node->size == 0 (and counted so), and at most one child.
void AvlUnlink(AvlNode** root, AvlNode* node);

// Aborts unless the invariants hold for every node; returns the item count.
size_t AvlCheckInvariants(const AvlNode* root);

}  // namespace kv::store

#endif  // FASTKV_STORE_AVL_NODE_H_
