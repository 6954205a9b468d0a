#include "sentiment/sentiment.h"
